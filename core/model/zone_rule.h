/*
 * zone_rule.h - the rule a time zone follows after its last recorded change
 *
 * POSIX.1-2017 8.3 TZ with the extensions of RFC 8536 3.3.1, such as
 * "CET-1CEST,M3.5.0,M10.5.0/3".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct zone_day {
	char kind; /* M: day of a week of a month, J: 1..365, 0: 0..365 */
	int month, week, day;
	int32_t time; /* of local time, may be negative or over a day */
};

struct zone_rule {
	int32_t standard, summer; /* offsets */
	bool has_summer;
	struct zone_day begin, end;
};

/* False when TEXT (NUL-terminated) is not such a rule. */
bool zone_rule_parse(const char *text, struct zone_rule *out);

/* Seconds east of UTC at WHEN. */
int32_t zone_rule_offset(const struct zone_rule *r, int64_t when);
