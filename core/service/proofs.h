/*
 * proofs.h - how often strangers may have us write to somebody
 *
 * Every letter and message that somebody without a session asks for is counted
 * for a day: per address it goes to, per address it was asked from, and in all
 * (G-08). Its functions are for the files of this folder only, in a transaction
 * of the caller.
 */
#pragma once

#include "core/service/call.h"

enum {
	PROOFS_SOURCE =
	    100, /* of any kind, asked from one address in 24 hours */
};

struct proof {
	const char *kind; /* "mail", "phone", "sponsor"; "link" */
	const char *to, *name, *language;
	const uint8_t *code; /* keyed hash of HASH_LEN, or NULL */
};

struct proof_bounds {
	int64_t each;  /* to one address in 24 hours */
	int64_t pause; /* seconds between two of them; 0: none */
	int64_t total; /* of this kind; all kinds for guests are one */
};

/* MAIL in lower case; BAD_INPUT with the reason when it is no address. */
MUST_USE enum err
proofs_address(struct call *c, const char *mail, char out[static MAIL_MAX + 1]);

/* THROTTLED at a bound. What is older than a day is forgotten. */
MUST_USE enum err proofs_bounded(
    struct call *c, const struct proof *p, const struct proof_bounds *b);

MUST_USE enum err
proofs_add(struct call *c, const struct uid *id, const struct proof *p);
