#include "core/model/schedule.h"

#include <string.h>

enum { DAY = 24 * 60 };

static const char *const days[] = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static void
blanks(const char **t)
{
	*t += strspn(*t, " ");
}

static bool
day(const char **t, int *out)
{
	for (int i = 0; i < 7; i++)
		if (strncmp(*t, days[i], 3) == 0) {
			*out = i;
			*t += 3;
			return true;
		}
	return false;
}

/* mon-fri,sun as a set of bits. */
static bool
day_list(const char **t, unsigned *set)
{
	int first, last;

	*set = 0;
	do {
		if (!day(t, &first))
			return false;
		last = first;
		if (**t == '-' && ((*t)++, !day(t, &last)))
			return false;
		for (int d = first;; d = (d + 1) % 7) {
			*set |= 1u << d;
			if (d == last)
				break;
		}
	} while (**t == ',' && ++*t);
	return true;
}

static bool
two(const char **t, int max, int *out)
{
	const char *p = *t;

	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	*t += 2;
	return *out <= max;
}

/* HH:MM, up to 24:00. */
static bool
minute(const char **t, int *out)
{
	int h, m;

	if (!two(t, 24, &h) || **t != ':' || ((*t)++, !two(t, 59, &m)) ||
	    (h == 24 && m != 0))
		return false;
	*out = h * 60 + m;
	return true;
}

static void
mark(struct schedule *s, unsigned set, int from, int until)
{
	int length = until > from ? until - from : until + DAY - from;

	for (int d = 0; d < 7; d++)
		for (int i = 0; (set & 1u << d) && i < length; i++) {
			int at = (d * DAY + from + i) % SCHEDULE_MINUTES;

			s->minutes[at / 8] |= (uint8_t)(1u << at % 8);
		}
}

static bool
window(const char **t, struct schedule *s)
{
	unsigned set;
	int from, until;

	blanks(t);
	if (!day_list(t, &set) || **t != ' ')
		return false;
	blanks(t);
	if (!minute(t, &from) || **t != '-' || ((*t)++, !minute(t, &until)) ||
	    from == DAY || from == until)
		return false;
	blanks(t);
	mark(s, set, from, until);
	return **t == '\0' || **t == ';';
}

static bool
all_hours(const struct schedule *s)
{
	for (size_t i = 0; i < sizeof(s->minutes); i++)
		if (s->minutes[i] != 0xff)
			return false;
	return true;
}

enum err
schedule_parse(const char *text, struct schedule *out, struct why *w)
{
	const char *t = text, *part;
	int n = 0;

	memset(out, 0, sizeof(*out));
	blanks(&t);
	out->always = *t == '\0';
	while (*t != '\0') {
		part = t;
		if (n++ == SCHEDULE_WINDOWS_MAX || !window(&t, out))
			return why_set(w, ERR_BAD_INPUT, "schedule",
			    "not understood: \"%.40s\"; write it like "
			    "\"mon-fri 06:00-22:00; sat,sun 08:00-24:00\"",
			    part);
		t += *t == ';';
		blanks(&t);
	}
	out->always = out->always || all_hours(out);
	return ERR_OK;
}

/* Minute of the week at NOW, local; 1970-01-01 was a Thursday. */
static int64_t
week_minute(int64_t now, schedule_offset *offset, const void *zone)
{
	int64_t local = now + offset(zone, now);
	int64_t minutes = local / 60 - (local % 60 < 0) + 3 * DAY;
	int64_t m = minutes % SCHEDULE_MINUTES;

	return m < 0 ? m + SCHEDULE_MINUTES : m;
}

bool
schedule_allows(const struct schedule *s, int64_t now, schedule_offset *offset,
    const void *zone)
{
	int64_t at;

	if (s->always)
		return true;
	at = week_minute(now, offset, zone);
	return (s->minutes[at / 8] >> at % 8 & 1) != 0;
}

int64_t
schedule_edge(const struct schedule *s, int64_t now, schedule_offset *offset,
    const void *zone)
{
	bool is = schedule_allows(s, now, offset, zone);
	int64_t t = now - (now % 60 + 60) % 60;

	if (s->always)
		return 0;
	/* zones change at whole minutes, so edges are at whole minutes; a day
	 * more than a week finds every edge that is hidden by a change */
	for (int i = 0; i < SCHEDULE_MINUTES + DAY; i++) {
		t += 60;
		if (schedule_allows(s, t, offset, zone) != is)
			return t;
	}
	return 0;
}
