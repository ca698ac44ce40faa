/* Schedules against a model of their own, at random: any text, any zone, any
 * second from 1969 to 9999, most of them near changes of the clock. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "core/model/schedule.h"
#include "core/model/zone.h"

enum { DAY = 86400, WEEK = 7 * DAY, WINDOWS = 4 };

struct window {
	int first, last; /* days, 0: Monday */
	int from, to;    /* minutes */
};

static uint64_t seed = 0x9e3779b97f4a7c15ULL;

static int64_t
any(int64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)((seed >> 1) % (uint64_t)below);
}

static int
make(struct window w[static WINDOWS], char text[static 256])
{
	static const char *const days[] = {
	    "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	int n = 1 + (int)any(WINDOWS);
	size_t at = 0;

	for (int i = 0; i < n; i++) {
		w[i] = (struct window){.first = (int)any(7),
		    .last = (int)any(7),
		    .from = (int)any(24 * 60),
		    .to = (int)any(24 * 60 + 1)};
		if (w[i].from == w[i].to)
			w[i].to = w[i].from ? 0 : 60;
		at += (size_t)snprintf(text + at, 256 - at,
		    "%s%s-%s %02d:%02d-%02d:%02d", i ? "; " : "",
		    days[w[i].first], days[w[i].last], w[i].from / 60,
		    w[i].from % 60, w[i].to / 60, w[i].to % 60);
	}
	return n;
}

/* Does a window that begins on day D hold the minute M of the day after? */
static bool
on_day(const struct window *w, int d)
{
	return w->first <= w->last ? d >= w->first && d <= w->last
				   : d >= w->first || d <= w->last;
}

static bool
allowed(const struct window *w, int n, const struct zone *z, int64_t t)
{
	int64_t local = t + zone_offset(z, t);
	int64_t since = ((local + 3 * DAY) % WEEK + WEEK) % WEEK; /* Monday */
	int day = (int)(since / DAY), minute = (int)(since % DAY / 60);

	for (int i = 0; i < n; i++) {
		bool over = w[i].to <= w[i].from;

		if (!over && on_day(&w[i], day) && minute >= w[i].from &&
		    minute < w[i].to)
			return true;
		if (over && on_day(&w[i], day) && minute >= w[i].from)
			return true;
		if (over && on_day(&w[i], (day + 6) % 7) && minute < w[i].to)
			return true;
	}
	return false;
}

static const char *const zones[] = {"UTC", "Europe/Berlin", "America/New_York",
    "America/Santiago", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia",
    "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns"};

/* A moment: anywhere, or within hours of where the offset changes. */
static int64_t
moment(const struct zone *z)
{
	static const int64_t first = -31536000, last = INT64_C(253402300799);
	int64_t t =
	    any(4) ? any(INT64_C(4102444800)) : first + any(last - first);
	int64_t far = t + 370 * DAY;

	if (any(2) || zone_offset(z, t) == zone_offset(z, far - 185 * DAY))
		return t;
	far -= 185 * DAY;
	while (far - t > 1) {
		int64_t mid = t + (far - t) / 2;

		if (zone_offset(z, mid) == zone_offset(z, t))
			t = mid;
		else
			far = mid;
	}
	return far - 7200 + any(14400);
}

static void
edge_holds(const struct schedule *s, const struct window *w, int n,
    const struct zone *z, int64_t t)
{
	int64_t edge = schedule_edge(s, t, zone_offset, z);
	int64_t until = edge ? edge : t + 2 * WEEK;
	bool now = allowed(w, n, z, t);

	if (edge) {
		assert_true(edge > t);
		assert_int_equal(allowed(w, n, z, edge), !now);
		assert_int_equal(allowed(w, n, z, edge - 1), now);
	}
	for (int i = 0; i < 24 && until - t > 1; i++)
		assert_int_equal(
		    allowed(w, n, z, t + 1 + any(until - t - 1)), now);
}

TEST(schedules_agree_with_a_model_in_every_zone_and_century)
{
	for (int k = 0; k < 4000; k++) {
		struct window w[WINDOWS];
		const struct zone *z;
		struct schedule s;
		char text[256];
		int n = make(w, text);

		assert_ok(
		    zone_get(zones[any(sizeof(zones) / sizeof(*zones))], &z));
		assert_ok(schedule_parse(text, &s, NULL));
		for (int i = 0; i < 40; i++) {
			int64_t t = moment(z);

			if (schedule_allows(&s, t, zone_offset, z) !=
			    allowed(w, n, z, t))
				fail_msg("%s at %lld", text, (long long)t);
			if (i < 4)
				edge_holds(&s, w, n, z, t);
		}
	}
}
