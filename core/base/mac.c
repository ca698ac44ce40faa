#include "core/base/mac.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

static bool
separator(char c)
{
	return c == '-' || c == ':' || c == '.';
}

/* Reads twelve hex digits, DIGITS at a time with SEP between ('\0': nothing).
 */
static bool
groups(const char *t, size_t len, size_t digits, char sep, uint8_t *out)
{
	size_t at = 0, until = digits;

	for (size_t n = 0; n < 12; n += 2) {
		int hi, lo;

		if (sep != '\0' && n == until) {
			if (at >= len || t[at++] != sep)
				return false;
			until += digits;
		}
		if (len - at < 2 || (hi = text_hex_digit(t[at])) < 0 ||
		    (lo = text_hex_digit(t[at + 1])) < 0)
			return false;
		out[n / 2] = (uint8_t)(hi << 4 | lo);
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
