/*
 * quota.h - the periods in which data is counted
 */
#pragma once

#include <stdint.h>

#include "core/base/err.h"

struct zone;

/* The day, week (from Monday) or month in ZONE that NOW is in: FROM <= NOW <
 * UNTIL. Midnights that daylight saving skips begin when the day does.
 * BAD_INPUT for another word. */
MUST_USE enum err quota_period(const char *word, const struct zone *zone,
    int64_t now, int64_t *from, int64_t *until);
