/*
 * life.h - what time alone does
 *
 * Called every second or so by whoever keeps house (several may: the store
 * makes them take turns). What happens at an instant between two ticks is
 * announced on the feed: keys that start or end, plans whose hours begin or
 * end, people whose suspension was planned. Devices that have to go are
 * queued for a disconnect; what is too old is removed.
 *
 * A clock that jumps ahead by more than an hour is not believed at once: the
 * responder refuses by its own clock anyway, but nobody is cut off and nothing
 * removed until the time has been steady for LIFE_DOUBT seconds.
 */
#pragma once

#include "core/service/call.h"
#include "core/service/recheck.h"

enum {
	LIFE_JUMP = 3600,
	LIFE_DOUBT = 300,
	LIFE_BATCH = 500, /* keys per transaction */
};

/* Ages in seconds at which things go; 0 keeps them for good. */
struct life_policy {
	int64_t unused_guest; /* guest keys that nobody used */
	int64_t ended;        /* keys since they expired or were revoked */
	int64_t visits, outbox, audit;
	int64_t stale;   /* a visit not heard of this long is over */
	int64_t session; /* browser sessions */
	const struct recheck *recheck; /* providers whose people come again */
	size_t nrecheck;
	/* Asked for the time once the writer's lock is held: who was held up
	 * before that would take the present for a clock set back, and do
	 * again what others did meanwhile. NULL: the call's time is used. */
	int64_t (*clock)(void);
};
extern const struct life_policy life_usual;

struct life_done {
	size_t started, ended; /* keys */
	size_t quotas;         /* keys whose period is over */
	size_t plans;          /* whose hours began or ended */
	size_t people;         /* planned suspensions and their like */
	size_t rotated;        /* keys of rotations.h */
	size_t letters;        /* about ends to come (notices.h) */
	size_t stale;          /* visits closed */
	size_t purged;         /* keys removed */
	bool doubt;            /* the clock jumped; waiting */
	bool elsewhere;        /* somebody else has the turn (turn.h) */
};

/* ACTOR_SYSTEM. POLICY NULL is life_usual. */
MUST_USE enum err life_tick(
    struct call *c, const struct life_policy *policy, struct life_done *out);
