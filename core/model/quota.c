#include "core/model/quota.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

#include "core/model/zone.h"

enum { DAY = 86400 };

/* The local day that NOW is on, counted from 1970-01-01. */
static int64_t
day_of(const struct zone *z, int64_t now)
{
	int64_t local = now + zone_offset(z, now);

	return local / DAY - (local % DAY < 0);
}

/* The first instant of the local day D: the day before ends there. */
static int64_t
begins(const struct zone *z, int64_t d)
{
	int64_t noon = (d - 1) * DAY + DAY / 2;

	noon -= zone_offset(z, noon);
	/* days that a zone skips altogether (Samoa, 2011-12-30) */
	while (day_of(z, noon) >= d)
		noon -= DAY;
	for (;;) {
		int64_t end = zone_day_end(z, noon);

		if (day_of(z, end) >= d)
			return end;
		noon = end;
	}
}

static int64_t
month_day(int64_t d, int more)
{
	time_t t = (time_t)(d * DAY);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return d;
	tm.tm_mday = 1;
	tm.tm_mon += more;
	return (int64_t)timegm(&tm) / DAY;
}

enum err
quota_period(const char *word, const struct zone *zone, int64_t now,
    int64_t *from, int64_t *until)
{
	int64_t d = day_of(zone, now), first = d, next = d + 1;

	*from = *until = now;
	if (strcmp(word, "week") == 0) {
		/* 1970-01-01 was a Thursday */
		first = d - ((d + 3) % 7 + 7) % 7;
		next = first + 7;
	} else if (strcmp(word, "month") == 0) {
		first = month_day(d, 0);
		next = month_day(d, 1);
	} else if (strcmp(word, "day") != 0)
		return ERR_BAD_INPUT;
	*from = begins(zone, first);
	*until = begins(zone, next);
	return ERR_OK;
}
