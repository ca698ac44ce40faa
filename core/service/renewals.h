/*
 * renewals.h - what lets us ask a provider whether somebody is still there
 *
 * A provider may give a refresh token at sign-in. Used every so often, it says
 * what no logout does: that an account is disabled or gone (`invalid_grant`).
 * It is sealed, one per person, and replaced by each that follows.
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/call.h"

enum {
	RENEWALS_TOKEN_MAX = 4096, /* octets; longer ones are not kept */
	RENEWALS_LEASE = 120,      /* seconds until somebody else may ask */
};

struct renewal {
	struct uid person;
	char provider[64]; /* its section */
	struct {
		char text[RENEWALS_TOKEN_MAX + 1];
	} token;         /* wiped by renewal_own() */
	int64_t version; /* of the person when it was taken */
};
void renewal_own(struct renewal *r);

/* At sign-in: keeps TOKEN of PERSON, to be used at DUE; "" forgets the one
 * there is. */
MUST_USE enum err renewals_keep(struct call *c, const struct uid *person,
    const char *provider, const char *token, int64_t due);

/* ACTOR_SYSTEM: one that is due, taken so that nobody else uses it meanwhile.
 * NOT_FOUND: none is. */
MUST_USE enum err renewals_next(struct call *c, struct renewal *out);

/*
 * What came of asking with R, ACTOR_SYSTEM both. Neither does anything when R
 * is not the one that is kept any longer: whoever signed in while the provider
 * was asked has proved more than it says of an older token.
 */

/* TOKEN is kept instead; "" forgets it. */
MUST_USE enum err renewals_again(
    struct call *c, const struct renewal *r, const char *token, int64_t due);

/* The provider knows the person no more: suspended at once, as by recheck.h,
 * and the token forgotten; but asked again after the lease when there was any
 * change to the person meanwhile. */
MUST_USE enum err renewals_refused(struct call *c, const struct renewal *r);
