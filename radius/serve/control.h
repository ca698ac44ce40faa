/*
 * control.h - asking the responder how it is
 *
 * A socket of the local machine, `radius.sock` next to the snapshot, mode
 * 0660. One question per connection: a line, answered by lines, then closed.
 *
 *	why [MAC]	the last refusals, newest first, one JSON object each:
 *			{"time":"2026-11-24T10:00:00Z","device":"02-aa-...",
 *			 "network":"Campus","ap":"Floor 1","key":"...",
 *			 "verdict":"key-revoked","text":"The key was revoked.",
 *			 "detail":"..."}	key and detail: "" when none
 *	status		one JSON object: networks, plans, aps, keys, devices,
 *			position (in the feed), store_seen (seconds ago; -1
 *			never)
 *	course		one JSON object: started (seconds since 1970), hours
 *			(course.h), aps (of each that asked its id and when it
 *			last did), position, store_seen
 *	metrics		Prometheus text
 */
#pragma once

#include "radius/serve/state.h"

enum {
	CONTROL_LINE_MAX = 128,
	CONTROL_ANSWER_MAX = 4 << 20,
	CONTROL_PATIENCE_S = 2,
};

struct control;

/* NULL, with a line in the log, when the socket cannot be made: everything
 * else works without. */
struct control *control_start(struct state *st);

/* Waits for its end after `stop` was set. */
void control_stop(struct control *c);

/* The answer to LINE (without its end). BAD_INPUT for no such question. */
MUST_USE enum err
control_answer(struct state *st, const char *line, struct buf *out);
