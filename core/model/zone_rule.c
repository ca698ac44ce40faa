#include "core/model/zone_rule.h"

#include <string.h>

enum { DAY = 86400 };

/* Days from 1970-01-01 to the first of MONTH (1..12) in YEAR, Gregorian. */
static int64_t
days_to(int64_t year, int month)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static bool
leap(int64_t year)
{
	return days_to(year + 1, 1) - days_to(year, 1) == 366;
}

static int64_t
year_of(int64_t when)
{
	int64_t day = when / DAY - (when % DAY < 0);
	int64_t year = 1970 + day / 366;

	while (days_to(year + 1, 1) <= day)
		year++;
	while (days_to(year, 1) > day)
		year--;
	return year;
}

static bool
number(const char **t, int least, int most, int *out)
{
	int n = 0;

	if (**t < '0' || **t > '9')
		return false;
	for (; **t >= '0' && **t <= '9'; (*t)++)
		if ((n = n * 10 + (**t - '0')) > most)
			return false;
	*out = n;
	return n >= least;
}

/* [+-]hh[:mm[:ss]] */
static bool
clock_time(const char **t, int32_t *out)
{
	int sign = **t == '-' ? -1 : 1, h, m = 0, s = 0;

	*t += **t == '-' || **t == '+';
	if (!number(t, 0, 167, &h) ||
	    (**t == ':' && ((*t)++, !number(t, 0, 59, &m))) ||
	    (**t == ':' && ((*t)++, !number(t, 0, 59, &s))))
		return false;
	*out = sign * (h * 3600 + m * 60 + s);
	return true;
}

static bool
abbreviation(const char **t)
{
	const char *from = *t;

	if (**t == '<') {
		*t += strcspn(*t, ">");
		return *(*t)++ == '>';
	}
	while ((**t >= 'A' && **t <= 'Z') || (**t >= 'a' && **t <= 'z'))
		(*t)++;
	return *t - from >= 3;
}

static bool
day(const char **t, struct zone_day *d)
{
	if (*(*t)++ != ',')
		return false;
	d->kind = **t == 'M' || **t == 'J' ? *(*t)++ : '0';
	d->time = 2 * 3600;
	if (d->kind != 'M' && !number(t, d->kind == 'J' ? 1 : 0, 365, &d->day))
		return false;
	if (d->kind == 'M' && (!number(t, 1, 12, &d->month) || *(*t)++ != '.' ||
				  !number(t, 1, 5, &d->week) ||
				  *(*t)++ != '.' || !number(t, 0, 6, &d->day)))
		return false;
	return **t != '/' || ((*t)++, clock_time(t, &d->time));
}

bool
zone_rule_parse(const char *text, struct zone_rule *out)
{
	const char *t = text;

	*out = (struct zone_rule){0};
	if (!abbreviation(&t) || !clock_time(&t, &out->standard))
		return false;
	out->standard = -out->standard; /* POSIX counts west of Greenwich */
	if (*t == '\0')
		return true;
	out->has_summer = true;
	out->summer = out->standard + 3600;
	if (!abbreviation(&t))
		return false;
	if (*t != ',') {
		if (!clock_time(&t, &out->summer))
			return false;
		out->summer = -out->summer;
	}
	return day(&t, &out->begin) && day(&t, &out->end) && *t == '\0';
}

/* The local time, in seconds, of D in YEAR. */
static int64_t
local(const struct zone_day *d, int64_t year)
{
	int64_t first, at;
	int weekday;

	if (d->kind != 'M') {
		at = days_to(year, 1) + d->day;
		if (d->kind == 'J') /* never counts 29 February */
			at -= !(leap(year) && d->day >= 60);
		return at * DAY + d->time;
	}
	first = days_to(year, d->month);
	weekday =
	    (int)(((first + 4) % 7 + 7) % 7); /* of the first; 0: Sunday */
	at = first + (d->day - weekday + 7) % 7 + (d->week - 1) * 7;
	while (at >= (d->month == 12 ? days_to(year + 1, 1)
				     : days_to(year, d->month + 1)))
		at -= 7;
	return at * DAY + d->time;
}

int32_t
zone_rule_offset(const struct zone_rule *r, int64_t when)
{
	int64_t year, begin, end;

	if (!r->has_summer)
		return r->standard;
	year = year_of(when + r->standard);
	begin = local(&r->begin, year) - r->standard;
	end = local(&r->end, year) - r->summer;
	if (begin < end) /* the northern half */
		return when >= begin && when < end ? r->summer : r->standard;
	return when >= end && when < begin ? r->standard : r->summer;
}
