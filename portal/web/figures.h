/*
 * figures.h - what was counted a moment ago, and need not be again
 */
#pragma once

#include "core/service/insight.h"

/* The figures of the first page of administration that take reading much of
 * the store. One per worker; zero when nothing was counted. */
struct figures {
	int64_t until; /* clock_mono() up to which they hold */
	struct insight_house house;
	struct insight_top top[INSIGHT_TOP];
	size_t ntop;
	size_t days[INSIGHT_DAYS];
};
