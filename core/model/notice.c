#include "core/model/notice.h"

#include <string.h>

#include "core/base/text.h"

enum { DAY_MINUTES = 24 * 60, WORD = 8 };

static bool
word(const char *w, struct notice_rule *out)
{
	int64_t days;

	if (strcmp(w, "made") == 0)
		return out->made = true;
	if (strcmp(w, "rotated") == 0)
		return out->rotated = true;
	if (out->n == NOTICE_DAYS_MOST ||
	    !text_int(w, 1, NOTICE_DAYS_MAX, &days))
		return false;
	out->days[out->n++] = (int)days;
	return true;
}

bool
notice_rule_parse(const char *text, struct notice_rule *out)
{
	char one[WORD + 1];

	*out = (struct notice_rule){.n = 0};
	if (strcmp(text, "none") == 0)
		return true;
	for (const char *t = *text ? text : NOTICE_USUAL;;) {
		size_t n = strcspn(t, ",");

		if (n > WORD)
			return false;
		memcpy(one, t, n);
		one[n] = '\0';
		if (!word(one, out))
			return false;
		t += n;
		if (*t == '\0')
			return true;
		t += strspn(t + 1, " ") + 1;
	}
}

/* HH:MM at T, 24:00 included. */
static bool
minutes(const char *t, int *out)
{
	for (int i = 0; i < 5; i++)
		if (i == 2 ? t[i] != ':' : t[i] < '0' || t[i] > '9')
			return false;
	*out = ((t[0] - '0') * 10 + t[1] - '0') * 60 + (t[3] - '0') * 10 +
	       t[4] - '0';
	return t[3] < '6' && *out <= DAY_MINUTES;
}

bool
quiet_parse(const char *text, struct quiet *out)
{
	*out = (struct quiet){0, 0};
	if (*text == '\0')
		return true;
	if (strlen(text) != 11 || text[5] != '-' ||
	    !minutes(text, &out->from) || !minutes(text + 6, &out->to))
		return false;
	/* the whole day would keep letters for good */
	return out->from != out->to && out->to - out->from != DAY_MINUTES;
}

static bool
is_quiet(const struct quiet *q, const struct zone *z, int64_t at)
{
	int64_t local = at + zone_offset(z, at);
	int m = (int)((local % 86400 + 86400) % 86400 / 60);

	if (q->from == q->to)
		return false;
	return q->from < q->to ? m >= q->from && m < q->to
			       : m >= q->from || m < q->to;
}

int64_t
quiet_end(const struct quiet *q, const struct zone *z, int64_t now)
{
	/* a day has at most 25 hours, and is not quiet all through */
	for (int i = 0; i < 26 * 60 && is_quiet(q, z, now); i++)
		now += 60 - now % 60;
	return now;
}
