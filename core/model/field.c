#include "core/model/field.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/text.h"

static void
roles_get(int set, struct buf *out)
{
	const char *comma = "";

	for (int r = ROLE_PERSON; r <= ROLE_ADMIN; r++)
		if (set & 1 << r) {
			buf_text(out, comma);
			buf_text(out, role_text((enum role)r));
			comma = ",";
		}
}

static bool
roles_set(const char *text, int *set)
{
	char word[16];
	enum role r;

	*set = 0;
	while (*text != '\0') {
		size_t n = strcspn(text, ",");

		if (n >= sizeof(word))
			return false;
		memcpy(word, text, n);
		word[n] = '\0';
		if (!role_parse(word, &r))
			return false;
		*set |= 1 << r;
		text += n + (text[n] == ',');
	}
	return true;
}

static void
time_get(int64_t when, struct buf *out)
{
	char text[CLOCK_TEXT];

	if (when == 0)
		return;
	clock_text(when, text);
	buf_text(out, text);
}

static void
mac_get(const struct mac *m, struct buf *out)
{
	char text[MAC_TEXT];

	mac_text(m, text);
	buf_text(out, text);
}

void
field_get(const struct field *f, const void *noun, struct buf *out)
{
	const void *at = (const char *)noun + f->offset;

	switch (f->kind) {
	case FIELD_TEXT:
		buf_text(out, at);
		break;
	case FIELD_INT:
		buf_printf(out, "%d", *(const int *)at);
		break;
	case FIELD_LONG:
		buf_printf(out, "%lld", (long long)*(const int64_t *)at);
		break;
	case FIELD_BOOL:
		buf_text(out, *(const bool *)at ? "yes" : "no");
		break;
	case FIELD_ID:
		buf_text(out, ((const struct uid *)at)->s);
		break;
	case FIELD_TERM:
		buf_text(out, f->term->text(*(const int *)at));
		break;
	case FIELD_TIME:
		time_get(*(const int64_t *)at, out);
		break;
	case FIELD_MAC:
		mac_get(at, out);
		break;
	case FIELD_ROLES:
		roles_get(*(const int *)at, out);
		break;
	}
}

static bool
digits(const char *t, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++) {
		if (t[i] < '0' || t[i] > '9')
			return false;
		*out = *out * 10 + (t[i] - '0');
	}
	return true;
}

static bool
clock_part(const char *t, struct tm *tm)
{
	return t[0] == 'T' && digits(t + 1, 2, &tm->tm_hour) && t[3] == ':' &&
	       digits(t + 4, 2, &tm->tm_min) && t[6] == ':' &&
	       digits(t + 7, 2, &tm->tm_sec) && strcmp(t + 9, "Z") == 0 &&
	       tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec < 60;
}

bool
field_time_parse(const char *text, int64_t *out)
{
	struct tm tm = {0}, back;
	time_t t;
	int year, month;

	if (!digits(text, 4, &year) || text[4] != '-' ||
	    !digits(text + 5, 2, &month) || text[7] != '-' ||
	    !digits(text + 8, 2, &tm.tm_mday) ||
	    (text[10] != '\0' && !clock_part(text + 10, &tm)))
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	t = timegm(&tm);
	if (gmtime_r(&t, &back) == NULL || back.tm_mday != tm.tm_mday ||
	    back.tm_mon != month - 1 || back.tm_year != year - 1900)
		return false;
	*out = t;
	return true;
}

static bool
yes_no(const char *text, bool *out)
{
	*out = strcmp(text, "yes") == 0;
	return *out || strcmp(text, "no") == 0;
}

enum err
field_set(const struct field *f, void *noun, const char *text, struct why *w)
{
	void *at = (char *)noun + f->offset;
	const char *want = "a whole number";
	bool ok = false;
	int64_t v = 0;

	switch (f->kind) {
	case FIELD_TEXT:
		want = f->term ? f->term->all : "shorter text";
		ok = strlen(text) < f->size &&
		     text_utf8_ok(text, strlen(text)) &&
		     (f->term == NULL || f->term->parse(text, &(int){0}));
		if (ok)
			text_copy(at, f->size, text);
		break;
	case FIELD_INT:
		if ((ok = text_int(text, 0, INT32_MAX, &v)))
			*(int *)at = (int)v;
		break;
	case FIELD_LONG:
		if ((ok = text_int(text, 0, INT64_MAX, &v)))
			*(int64_t *)at = v;
		break;
	case FIELD_BOOL:
		want = "yes or no";
		ok = yes_no(text, at);
		break;
	case FIELD_ID:
		want = "an identifier of 26 letters and digits";
		ok = uid_parse(text, at);
		break;
	case FIELD_TERM:
		want = f->term->all;
		ok = f->term->parse(text, at);
		break;
	case FIELD_TIME:
		want = "a date such as 2026-12-24 or 2026-12-24T10:00:00Z";
		if ((ok = *text == '\0' || field_time_parse(text, &v)))
			*(int64_t *)at = v;
		break;
	case FIELD_MAC:
		want = "an address such as 02-aa-00-00-00-01";
		ok = mac_parse(text, strlen(text), at, NULL);
		break;
	case FIELD_ROLES:
		want = "roles joined by commas";
		ok = roles_set(text, at);
		break;
	}
	if (ok)
		return ERR_OK;
	return why_set(
	    w, ERR_BAD_INPUT, f->name, "%s: expected %s", f->name, want);
}

const struct field *
field_find(const struct field *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}
