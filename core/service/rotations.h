/*
 * rotations.h - many passwords renewed, some an hour
 *
 * A rotation takes the passwords of a plan, a network, a unit or a group as
 * they are when it starts, and renews them one after another: so many an hour,
 * within given hours of the week, each with an overlap during which both work.
 * It can be stopped and go on, ends by itself once every old password has
 * closed, and says of each how many of its devices have moved. Who signs up
 * meanwhile is not part of it.
 */
#pragma once

#include "core/service/keys.h"

enum {
	ROTATIONS_RATE = 100000, /* an hour, at most */
	ROTATIONS_TICK = 40,     /* in one go: each takes some milliseconds */
	ROTATIONS_GROUP = GROUP_MAX,
};

struct rotation {
	struct uid id;
	char name[NAME_MAX_ + 1];
	int64_t per_hour, overlap; /* keys; seconds */
	char hours[256], zone[64]; /* as a plan's schedule; "" always */
	char state[16];            /* running, stopped, moving, done */
	char made_by[UID_LEN + 1];
	int64_t created, due, finished; /* due: when the next one is */
	/* passwords: all, renewed, left out; old ones that have closed */
	int64_t total, rotated, skipped, closed;
	int64_t waiting, moved; /* devices on old and new passwords */
};

/* Whose passwords: those that fit all of what is given, one at least. */
struct rotation_order {
	const char *name, *group, *hours; /* NULL: "" */
	struct uid network, plan, unit;
	int64_t per_hour, overlap;
};

/* Staff. NOT_FOUND when no password fits. */
MUST_USE enum err rotations_start(
    struct call *c, const struct rotation_order *o, struct rotation *out);

/* The newest first, at most 200. */
MUST_USE enum err
rotations_list(struct call *c, struct rotation **out, size_t *n);
MUST_USE enum err
rotations_get(struct call *c, const struct uid *id, struct rotation *out);

/* One password of it. */
struct rotation_key {
	struct uid key, after; /* after: none yet */
	char state[16];        /* waiting, rotated, skipped */
	char why[200];         /* it was skipped */
	char name[NAME_MAX_ + 1], whose[NAME_MAX_ + 1];
	int64_t at;             /* when it was renewed */
	int64_t ends;           /* the old one; 0: it has, or has no end */
	int64_t waiting, moved; /* devices on the old one, on the new one */
};
MUST_USE enum err rotations_keys(struct call *c, const struct uid *id,
    size_t offset, size_t limit, struct rotation_key **out, size_t *n);

/* What was renewed stays so. BAD_STATE when it is not running, or not
 * stopped. Ending leaves out all that wait. */
MUST_USE enum err rotations_stop(struct call *c, const struct uid *id);
MUST_USE enum err rotations_go_on(struct call *c, const struct uid *id);
MUST_USE enum err rotations_end(struct call *c, const struct uid *id);

/* For life_tick(): what is due, each password in a transaction of its own.
 * One that was renewed just before a crash is found and counted. */
MUST_USE enum err rotations_due(struct call *c, size_t *done);
