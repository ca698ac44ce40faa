/*
 * notice.h - which letters people get about their passwords, and when not
 *
 * A network says it in words: `7,3,1,made,rotated` is a letter seven, three
 * and one day before a password ends, one when it was made, one when it was
 * changed; `none` is none. Its quiet hours, `22:00-07:00`, are local time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/model/zone.h"

#define NOTICE_USUAL "7,3,1,made,rotated"

enum {
	NOTICE_DAYS_MOST = 8,  /* how many letters before the end */
	NOTICE_DAYS_MAX = 90,  /* how early */
	NOTICE_STALE = 129600, /* seconds late at which a letter is not sent */
};

struct notice_rule {
	bool made, rotated;
	int days[NOTICE_DAYS_MOST];
	int n;
};

/* False for what is not understood; "" is NOTICE_USUAL. */
bool notice_rule_parse(const char *text, struct notice_rule *out);

struct quiet {
	int from, to; /* minutes of the day; equal: never quiet */
};

/* "" is never; hours may run over midnight. */
bool quiet_parse(const char *text, struct quiet *out);

/* NOW when it is not quiet then, otherwise the first instant after it at which
 * it no longer is. */
int64_t quiet_end(const struct quiet *q, const struct zone *z, int64_t now);
