/*
 * guests.h - visitors who prove that an address or a telephone is theirs
 *
 * Six digits go to the address; who types them within half an hour gets a
 * voucher, which is redeemed like any other (vouchers.h). Letters are bounded
 * per address they go to, per address they were asked from, and in all: this
 * page must not become somebody's way to send mail (G-08).
 */
#pragma once

#include "core/service/vouchers.h"

enum {
	GUESTS_DIGITS = 6,
	GUESTS_VALID = 1800, /* seconds */
	GUESTS_TRIES = 5,
	GUESTS_PAUSE = 30, /* seconds between two letters to one address */
	GUESTS_MAILS = 5,  /* of codes to one address in 24 hours */
	GUESTS_ASKS = 20,  /* of requests to one sponsor */
};

/* Who asks; TOTAL is how many letters all guests may cause in 24 hours. */
struct guest_ask {
	const char *name, *mail, *language;
	const char *phone; /* instead of MAIL: from phone_read() */
	int64_t total;
};

/* DIGITS are for the letter and kept nowhere. THROTTLED at a bound. */
MUST_USE enum err guests_prove(struct call *c, const struct guest_ask *a,
    struct uid *proof, char digits[static GUESTS_DIGITS + 1]);

/* The guest's password. CODE brings it back later. NOT_FOUND whatever is
 * wrong: no such proof, late, used up, other digits. */
MUST_USE enum err guests_confirm(struct call *c, const struct uid *proof,
    const char *digits, const struct uid *plan, struct key_view *out,
    struct secret *code, bool *resumed);

/* Counts one request to SPONSOR against the same bounds. */
MUST_USE enum err
guests_count(struct call *c, const char *sponsor, int64_t total);

/* The plan NAME for local guests; "" the best one. NOT_ENTITLED: none. */
MUST_USE enum err
guests_plan(struct call *c, const char *name, struct uid *plan);
