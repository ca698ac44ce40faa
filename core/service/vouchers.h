/*
 * vouchers.h - codes that turn into a guest's password when redeemed
 *
 * Made by the desk (a batch to print, or an invitation for somebody), or asked
 * for by a guest and approved by their sponsor. What fails fails with the same
 * words whatever the reason (G-04). A code has 49 bits: at ten guesses a
 * second for a day against a thousand live ones, fewer than 10^-5 hits (G-01).
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/keys.h"

enum {
	VOUCHERS_CODE = 10,  /* characters, from the alphabet of mint.h */
	VOUCHERS_TEXT = 11,  /* with the hyphen in the middle */
	VOUCHERS_USES = 500, /* of one code, at most */
};

struct voucher_order {
	struct uid plan;
	const char *name, *mail, *room, *host, *language; /* NULL: "" */
	int64_t arrival, departure;
	int uses; /* 1 when 0 */
};

/* The desk makes one that is open; CODE is what to print, kept nowhere. */
MUST_USE enum err vouchers_make(struct call *c, const struct voucher_order *o,
    struct voucher *out, struct secret *code);

/* The program makes one whose code is derived from SEED, 16 octets or more that
 * nobody can guess: the same code each time, and the same voucher. */
MUST_USE enum err vouchers_from(struct call *c, const struct voucher_order *o,
    const char *seed, struct secret *code);

/* A guest asks; HOST is the sponsor's mail. CODE is for the guest's status
 * page and opens nothing before vouchers_decide(). */
MUST_USE enum err vouchers_ask(struct call *c, const struct voucher_order *o,
    struct voucher *out, struct secret *code);

/* The sponsor (ROLE_SPONSOR, with that mail) or staff says yes until DEPARTURE,
 * or no (DEPARTURE 0). Once only. */
MUST_USE enum err
vouchers_decide(struct call *c, const struct uid *id, int64_t departure);

/* One of them, for those who may decide it. */
MUST_USE enum err
vouchers_get(struct call *c, const struct uid *id, struct voucher *out);

/* Does the bearer of CODE wait for a sponsor? */
MUST_USE enum err vouchers_waits(struct call *c, const char *code, bool *waits);

/* Would CODE be redeemed now? */
MUST_USE enum err vouchers_open(struct call *c, const char *code, bool *open);

/* By POST. The guest's local person and key. RESUMED: a single-use code came
 * again and its password still works. NOT_FOUND for every other case. */
MUST_USE enum err vouchers_redeem(struct call *c, const char *code,
    const char *name, const char *mail, struct key_view *out, bool *resumed);

/* The same, and the password ends at UNTIL at the latest (0: as above). */
MUST_USE enum err
vouchers_redeem_until(struct call *c, const char *code, const char *name,
    const char *mail, int64_t until, struct key_view *out, bool *resumed);

/* Nobody redeems it any more; keys made from it go on. */
MUST_USE enum err vouchers_withdraw(struct call *c, const struct uid *id);

/* The same, and the key that was made from it ends, for REASON; both or
 * neither. BAD_STATE: both are over already. */
MUST_USE enum err
vouchers_take_back(struct call *c, const struct uid *id, const char *reason);

/* --- many at a time --- */

enum { VOUCHERS_BATCH = 5000 }; /* in one batch, at most */

struct voucher_batch {
	struct uid id, plan;
	char name[NAME_MAX_ + 1], made_by[UID_LEN + 1];
	int64_t size, created;
	int64_t left, redeemed; /* now: how many open, how many used */
};

/* SIZE vouchers alike, numbered from 1, all or none; their codes can be had
 * again. The name is that of the batch, not of a guest. */
MUST_USE enum err vouchers_batch(struct call *c, const struct voucher_order *o,
    int64_t size, struct voucher_batch *out);

/* The newest first; at most 1,000. */
MUST_USE enum err
vouchers_batches(struct call *c, struct voucher_batch **out, size_t *n);

/* By id, or the newest of that name. */
MUST_USE enum err vouchers_batch_find(
    struct call *c, const char *text, struct voucher_batch *out);

/* Its vouchers by number. */
MUST_USE enum err vouchers_of_batch(
    struct call *c, const struct uid *id, struct voucher **out, size_t *n);

/* Nobody redeems one of it any more; N says how many were open. */
MUST_USE enum err
vouchers_batch_end(struct call *c, const struct uid *id, int64_t *n);

/* The codes of those N of a batch that are open, for ACT ("print", "export"),
 * each in CODE; others get none. What is handed out is in the audit, and
 * counted at each of them, before this returns. */
MUST_USE enum err vouchers_codes(struct call *c, struct voucher *v, size_t n,
    const char *act, struct secret *code);

/* STATE -1: any. Sponsors see their own. */
MUST_USE enum err
vouchers_list(struct call *c, const char *search, int state, size_t offset,
    size_t limit, struct voucher **out, size_t *n, size_t *total);
