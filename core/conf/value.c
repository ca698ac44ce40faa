/* What a value may be, by kind; WANT says what was expected. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/conf/table.h"

/* what is for everybody is written like a text in one language */
_Static_assert(offsetof(struct conf_said, all) == 0, "a text comes first");

/* The pointer or number at OFFSET of a section. */
#define AT(type) (*(type *)((char *)at + row->offset))

static bool
expected(char want[static CONF_WHY], const char *what)
{
	(void)snprintf(want, CONF_WHY, "%s", what);
	return false;
}

static bool
one_line(const char *t)
{
	size_t len = strlen(t);

	if (len > CONF_TEXT_MAX || !text_utf8_ok(t, len))
		return false;
	for (; *t; t++)
		if ((unsigned char)*t < 0x20 || *t == 0x7f)
			return false;
	return true;
}

/* A number with one of SUFFIXES, each worth UNITS of the base. */
static bool
counted(const struct conf_row *row, const char *t, const char *suffixes,
    const int64_t *units, int64_t *out)
{
	char digits[24];
	size_t n = strspn(t, "0123456789");
	const char *suffix = t[n] ? strchr(suffixes, t[n]) : NULL;
	int64_t unit = suffix ? units[suffix - suffixes] : 1, v;

	if (n == 0 || n >= sizeof(digits) || (t[n] && (!suffix || t[n + 1])))
		return false;
	memcpy(digits, t, n);
	digits[n] = '\0';
	if (!text_int(digits, 0, INT64_MAX / unit, &v))
		return false;
	*out = v * unit;
	return *out >= row->least && *out <= row->most;
}

static bool
number(const struct conf_row *row, const char *t, int64_t *out, char *want)
{
	static const int64_t one[] = {1};

	if (counted(row, t, "", one, out))
		return true;
	(void)snprintf(want, CONF_WHY, "a whole number from %lld to %lld",
	    (long long)row->least, (long long)row->most);
	return false;
}

static bool
duration(const struct conf_row *row, const char *t, int64_t *out, char *want)
{
	static const int64_t units[] = {1, 60, 3600, 86400};

	if (counted(row, t, "smhd", units, out))
		return true;
	(void)snprintf(want, CONF_WHY,
	    "a time such as 90s, 30m, 12h or 7d, from %lld to %lld seconds",
	    (long long)row->least, (long long)row->most);
	return false;
}

static bool
octets(const struct conf_row *row, const char *t, int64_t *out, char *want)
{
	static const int64_t units[] = {
	    1 << 10, 1 << 20, INT64_C(1) << 30, 1 << 10};

	if (counted(row, t, "kMGK", units, out))
		return true;
	(void)snprintf(want, CONF_WHY,
	    "a size such as 64k or 8M, from %lld to %lld octets",
	    (long long)row->least, (long long)row->most);
	return false;
}

static bool
word(const struct conf_row *row, const char *t, char *want)
{
	size_t len = strlen(t);

	for (const char *w = row->words; len && *w;) {
		size_t n = strcspn(w, "|");

		if (n == len && memcmp(w, t, n) == 0)
			return true;
		w += n + (w[n] == '|');
	}
	(void)snprintf(want, CONF_WHY, "one of %s", row->words);
	return false;
}

static bool
url(const struct conf_row *row, const char *t, char *want)
{
	size_t scheme = strncmp(t, "https://", 8) == 0  ? 8
			: strncmp(t, "http://", 7) == 0 ? 7
							: 0;

	if (*t == '\0' && row->preset != NULL)
		return true;
	if (!one_line(t) || scheme == 0 || strlen(t) > 1000 ||
	    strpbrk(t, " \"<>\\^`{}|#") || t[scheme] == '/' ||
	    t[scheme] == '\0' || strchr(t + scheme, '@'))
		return expected(want, "an address such as https://host/path");
	return true;
}

static bool
text(const struct conf_row *row, const char *t, char *want)
{
	size_t len = strlen(t);

	if (one_line(t) && (row->most == 0 || len <= (size_t)row->most) &&
	    len >= (size_t)row->least)
		return true;
	(void)snprintf(want, CONF_WHY, "one line of %lld to %lld octets",
	    (long long)row->least,
	    (long long)(row->most ? row->most : CONF_TEXT_MAX));
	return false;
}

static bool
copied(const char *t, void *out, struct conf_memory *m, char *want)
{
	const char *copy = conf_copy(m, t);

	memcpy(out, &copy, sizeof(copy));
	return copy != NULL || expected(want, "more memory");
}

bool
conf_value(const struct conf_row *row, const char *t, void *at,
    struct conf_memory *m, char want[static CONF_WHY])
{
	bool ok = false;

	switch (row->kind) {
	case CONF_TEXT:
	case CONF_SAID:
		ok = text(row, t, want);
		break;
	case CONF_WORD:
		ok = word(row, t, want);
		break;
	case CONF_PATH_:
	case CONF_SECRET:
		ok = (*t == '/' || (*t == '\0' && row->preset)) && one_line(t);
		if (!ok)
			return expected(want, "a path that starts with /");
		break;
	case CONF_URL:
	case CONF_SAID_URL:
		ok = url(row, t, want);
		break;
	case CONF_INT:
		return number(row, t, &AT(int64_t), want);
	case CONF_TIME:
		return duration(row, t, &AT(int64_t), want);
	case CONF_SIZE:
		return octets(row, t, &AT(int64_t), want);
	case CONF_BOOL:
		AT(bool) = strcmp(t, "yes") == 0;
		return AT(bool) || strcmp(t, "no") == 0 ||
		       expected(want, "yes or no");
	case CONF_LIST:
		return expected(want, "a list such as {\"a\", \"b\"}");
	}
	return ok && copied(t, &AT(const char *), m, want);
}

bool
conf_list_value(const struct conf_row *row, const char *const *v, size_t n,
    void *at, struct conf_memory *m, char want[static CONF_WHY])
{
	const char **all = conf_get(m, (n + 1) * sizeof(*all));

	if (n < (size_t)row->least || n > (size_t)row->most ||
	    n > CONF_LIST_MAX) {
		(void)snprintf(want, CONF_WHY, "%lld to %lld entries",
		    (long long)row->least, (long long)row->most);
		return false;
	}
	if (all == NULL)
		return expected(want, "more memory");
	for (size_t i = 0; i < n; i++) {
		if (!one_line(v[i]) || v[i][0] == '\0')
			return expected(want, "entries of one line each");
		if ((all[i] = conf_copy(m, v[i])) == NULL)
			return expected(want, "more memory");
	}
	AT(struct conf_list) = (struct conf_list){all, n};
	return true;
}
