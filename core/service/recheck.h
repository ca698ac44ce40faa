/*
 * recheck.h - people who have to show that they still have an account
 *
 * A provider without a directory (SCIM) says little when somebody leaves: at
 * most that they were signed out. So a provider may be given two times: how
 * long after being signed out there, and how long after their last sign-in,
 * people keep their Wi-Fi. Afterwards they are suspended, devices are
 * disconnected, and the next sign-in brings everything back. Whom a directory
 * brings is not asked: it says at once when they leave.
 */
#pragma once

#include "core/base/say.h"
#include "core/service/call.h"

#define RECHECK_REASON SAY("Please sign in again to go on using your Wi-Fi.")

enum { RECHECK_BATCH = 500 };

/* How long people of ISSUER may stay away. */
struct recheck {
	const char *issuer;
	int64_t absent; /* seconds */
};

/* The provider has signed SUBJECT out ("": whoever has the session SID):
 * without another sign-in they are suspended WITHIN seconds. The sooner of two
 * such times counts. N: how many people that are. Comes before their sessions
 * are closed. */
MUST_USE enum err recheck_signed_out(struct call *c, const char *issuer,
    const char *subject, const char *sid, int64_t within, size_t *n);

/* --- in a transaction of the caller: */

/* P has signed in: nothing is due any more, and what was done is undone, in P
 * only. */
MUST_USE enum err recheck_signed_in(struct call *c, struct person *p);

/* Suspends PERSON, whoever else may have to wait. Nothing when they are not
 * active. */
MUST_USE enum err recheck_now(struct call *c, const struct uid *person);

/* Suspends whose time is over, and who has been away too long; at most
 * RECHECK_BATCH of each kind. */
MUST_USE enum err
recheck_due(struct call *c, const struct recheck *all, size_t nall, size_t *n);
