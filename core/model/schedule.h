/*
 * schedule.h - the hours of the week in which a plan works
 *
 * Written as people say it, in the network's local time:
 *
 *	mon-fri 06:00-22:00; sat,sun 08:00-24:00
 *
 * Windows are the times it works. One that ends before it starts runs into the
 * next day. The empty text works always. A minute that daylight saving skips
 * never comes; one it repeats counts both times.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/model/why.h"

enum {
	SCHEDULE_MINUTES = 7 * 24 * 60,
	SCHEDULE_WINDOWS_MAX = 32,
};

struct schedule {
	bool always;
	uint8_t
	    minutes[SCHEDULE_MINUTES / 8]; /* from Monday 00:00, a bit each */
};

/* Seconds to add to UTC to get local time at the instant WHEN. */
typedef int32_t schedule_offset(const void *zone, int64_t when);

/* BAD_INPUT says in W (field "schedule") which part is not understood. */
MUST_USE enum err
schedule_parse(const char *text, struct schedule *out, struct why *w);

/* Does it work at NOW, where local time is NOW + OFFSET(ZONE, NOW)? */
bool schedule_allows(const struct schedule *s, int64_t now,
    schedule_offset *offset, const void *zone);

/* The next instant after NOW at which the answer changes; 0 when it never
 * does. To the second, across daylight-saving changes. */
int64_t schedule_edge(const struct schedule *s, int64_t now,
    schedule_offset *offset, const void *zone);
