#include "core/base/mac.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

static bool
separator(char c)
{
	return c == '-' || c == ':' || c == '.';
}

/* One more than each hexadecimal digit is worth; 0: it is none. Every packet
 * has two addresses, so a table. */
static const uint8_t worth[256] = {['0'] = 1,
    ['1'] = 2,
    ['2'] = 3,
    ['3'] = 4,
    ['4'] = 5,
    ['5'] = 6,
    ['6'] = 7,
    ['7'] = 8,
    ['8'] = 9,
    ['9'] = 10,
    ['a'] = 11,
    ['b'] = 12,
    ['c'] = 13,
    ['d'] = 14,
    ['e'] = 15,
    ['f'] = 16,
    ['A'] = 11,
    ['B'] = 12,
    ['C'] = 13,
    ['D'] = 14,
    ['E'] = 15,
    ['F'] = 16};

/* Reads GROUPS groups of DIGITS hex digits joined by SEP ('\0': by nothing). */
static bool
groups(const char *t, size_t len, size_t digits, char sep, uint8_t *out)
{
	size_t at = 0, until = digits;

	for (size_t n = 0; n < 12; n += 2) {
		uint8_t hi, lo;

		if (sep != '\0' && n == until) {
			if (at >= len || t[at++] != sep)
				return false;
			until += digits;
		}
		if (len - at < 2 || (hi = worth[(uint8_t)t[at]]) == 0 ||
		    (lo = worth[(uint8_t)t[at + 1]]) == 0)
			return false;
		out[n / 2] = (uint8_t)((hi - 1) << 4 | (lo - 1));
		at += 2;
	}
	return true;
}

static bool
station(const struct mac *m)
{
	static const struct mac zero;

	return (m->b[0] & 1) == 0 && !mac_same(m, &zero);
}

bool
mac_parse(const char *text, size_t len, struct mac *out, size_t *used)
{
	size_t digits = 12, need = 12;
	char sep = '\0';

	memset(out, 0, sizeof(*out));
	if (len > 2 && separator(text[2])) {
		digits = 2;
		need = 17;
		sep = text[2];
	} else if (len > 4 && separator(text[4])) {
		digits = 4;
		need = 14;
		sep = text[4];
	}
	if (!groups(text, len, digits, sep, out->b) || !station(out) ||
	    (used == NULL && len != need)) {
		memset(out, 0, sizeof(*out));
		return false;
	}
	if (used != NULL)
		*used = need;
	return true;
}

void
mac_text(const struct mac *m, char out[static MAC_TEXT])
{
	(void)snprintf(out, MAC_TEXT, "%02x-%02x-%02x-%02x-%02x-%02x", m->b[0],
	    m->b[1], m->b[2], m->b[3], m->b[4], m->b[5]);
}

bool
mac_same(const struct mac *a, const struct mac *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool
mac_is_random(const struct mac *m)
{
	return (m->b[0] & 2) != 0;
}
