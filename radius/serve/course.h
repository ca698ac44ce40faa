/*
 * course.h - what was answered in the last hours
 *
 * One day, hour by hour, in memory: how many may join, how many may not and
 * why, and how long searches took. Every receiving thread keeps one of its
 * own, as with count.h; an hour that comes round again begins at nothing.
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/model/policy.h"

enum {
	COURSE_HOURS = 24,
	COURSE_HOUR = 3600,
	COURSE_VERDICTS = VERDICT_TOO_MANY_DEVICES + 1, /* the last one */
};

struct course {
	struct course_hour {
		_Atomic int64_t hour; /* since 1970 */
		_Atomic uint64_t verdict[COURSE_VERDICTS];
		_Atomic uint64_t searches, microseconds, longest;
	} at[COURSE_HOURS];
};

/* Only the thread that owns C may call these two. */
void course_answer(struct course *c, int64_t now, enum verdict v);
void course_search(struct course *c, int64_t now, uint64_t microseconds);

/* What N of them say of the hour that began H hours before that of NOW. */
struct course_sum {
	int64_t at; /* when it began */
	uint64_t verdict[COURSE_VERDICTS];
	uint64_t searches, microseconds, longest;
};
void course_sum(struct course *const *c, size_t n, int64_t now, int h,
    struct course_sum *out);

/* The day as a JSON array, the oldest hour first: {"at":1770000000,
 * "accepts":12,"rejects":{"no-key":3},"searches":2,"search_us":900,
 * "longest_us":700}. */
void course_text(struct buf *b, struct course *const *c, size_t n, int64_t now);
