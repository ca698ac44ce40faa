/*
 * events.h - telling webhooks what happened
 *
 * For the files of this folder only, inside the transaction of the change.
 * Everything that is written into the record of acts is an event, by itself
 * (act.c); what is not an act is told beside it. An event becomes one row of
 * the outbox for each webhook that wants it; those about one thing leave in
 * the order in which they happened.
 */
#pragma once

#include "core/service/call.h"

enum { EVENTS_BODY_MAX = 16384 };

struct event {
	const char *type; /* "key.revoke" */
	const char *noun, *id;
	const char *detail; /* a JSON object; NULL: none */
	const char *lane;   /* the thing it is about; NULL: ID */
	const char *once;   /* told once only, ever; NULL: each time */
};

/* Puts EV into the outbox of each webhook that wants it, in the transaction
 * of the caller. */
MUST_USE enum err events_tell(struct call *c, const struct event *ev);

/* Is TYPE among EVENTS, "key.*,person.state" or "*"? */
bool events_wants(const char *events, const char *type);

/* False unless EVENTS is well-formed. */
bool events_ok(const char *events);
