/*
 * guard.h - what stands before a handler
 */
#pragma once

#include "portal/web/page.h"
#include "portal/web/route.h"

#define GUARD_COOKIE "__Host-latchkey"

/* Finds the session of the cookie, if any, and makes the call its person's. */
MUST_USE enum err guard_session(struct page *p);

/* Everything the route's row asks for. ERR_OK with *DONE set when the reply
 * is already there (a redirect to sign-in). */
MUST_USE enum err guard_check(struct page *p, bool *done);

/* Roles an actor needs for WHO, as a set; any of them is enough. 0: none. */
int guard_roles(enum who who);

/* True when Host is one of ours (W-05). */
bool guard_host(const struct page *p);
