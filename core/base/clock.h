/*
 * clock.h - what time it is
 *
 * Calendar time is int64_t seconds since 1970 in UTC and is passed down as an
 * argument called `now`; only the outermost layer asks the clock. Durations
 * are measured on the monotonic clock, in nanoseconds.
 */
#pragma once

#include <pthread.h>
#include <stdint.h>

enum { CLOCK_TEXT = 21 }; /* 2026-11-24T10:00:00Z and the NUL */

int64_t clock_now(void);
int64_t clock_mono(void);

static inline int64_t
clock_mono_ms(void)
{
	return clock_mono() / 1000000;
}

/* Makes a condition whose timed waits go by the monotonic clock: a calendar
 * that is set back does not make them long. */
void clock_cond(pthread_cond_t *c);

/* RFC 3339 in UTC; years outside 0..9999 become the nearest bound. */
void clock_text(int64_t when, char out[static CLOCK_TEXT]);
