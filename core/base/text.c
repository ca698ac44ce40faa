#include "core/base/text.h"

#include <string.h>

/* Decodes one code point of at most LEN octets; its length, 0 if malformed. */
static size_t
decode(const unsigned char *p, size_t len, uint32_t *cp)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n;

	if (p[0] < 0x80) {
		*cp = p[0];
		return p[0] != 0;
	}
	n = p[0] < 0xc2   ? 0
	    : p[0] < 0xe0 ? 2
	    : p[0] < 0xf0 ? 3
	    : p[0] < 0xf5 ? 4
			  : 0;
	if (n == 0 || n > len)
		return 0;
	*cp = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (p[i] & 0x3f);
	}
	if (*cp < least[n] || *cp > 0x10ffff ||
	    (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

bool
text_utf8_ok(const char *t, size_t len)
{
	const unsigned char *p = (const unsigned char *)t;
	uint32_t cp;

	for (size_t at = 0, n; at < len; at += n)
		if ((n = decode(p + at, len - at, &cp)) == 0)
			return false;
	return true;
}

uint32_t
text_next(const char **t)
{
	uint32_t cp;
	size_t n;

	if (**t == '\0')
		return 0;
	n = decode((const unsigned char *)*t, strnlen(*t, 4), &cp);
	if (n == 0) {
		(*t)++;
		return 0xfffd;
	}
	*t += n;
	return cp;
}

void
text_of(uint32_t cp, char out[static 5])
{
	static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
	int more = cp < 0x80 ? 0 : cp < 0x800 ? 1 : cp < 0x10000 ? 2 : 3;

	*out++ = (char)(lead[more] | cp >> 6 * more);
	while (more-- > 0)
		*out++ = (char)(0x80 | (cp >> 6 * more & 0x3f));
	*out = '\0';
}

/* Invisible characters that make one name look like another. */
static bool
invisible(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad ||
	       cp == 0x61c || cp == 0x180e || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	       (cp >= 0xfff9 && cp <= 0xfffb) ||
	       (cp >= 0xe0000 && cp <= 0xe0fff);
}

bool
text_name(char *t, size_t max)
{
	size_t len = strlen(t), lead = strspn(t, " ");
	const char *p;

	while (len > lead && t[len - 1] == ' ')
		len--;
	memmove(t, t + lead, len - lead);
	t[len -= lead] = '\0';
	if (len == 0 || len > max || !text_utf8_ok(t, len))
		return false;
	for (p = t; *p != '\0';)
		if (invisible(text_next(&p)))
			return false;
	return true;
}

/* One more than each hexadecimal digit is worth; 0: it is none. Every packet
 * has two addresses of devices, so a table. */
static const uint8_t hex_worth[256] = {['0'] = 1,
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

int
text_hex_digit(char c)
{
	return hex_worth[(uint8_t)c] - 1;
}

void
text_to_hex(const void *octets, size_t len, char *out)
{
	const uint8_t *p = octets;

	for (size_t i = 0; i < len; i++) {
		*out++ = "0123456789abcdef"[p[i] >> 4];
		*out++ = "0123456789abcdef"[p[i] & 15];
	}
	*out = '\0';
}

bool
text_from_hex(const char *t, void *out, size_t len)
{
	uint8_t *p = out;

	for (size_t i = 0; i < len; i++) {
		int hi = text_hex_digit(t[2 * i]), lo;

		if (hi < 0 || (lo = text_hex_digit(t[2 * i + 1])) < 0)
			return false;
		p[i] = (uint8_t)(hi << 4 | lo);
	}
	return t[2 * len] == '\0';
}

void
text_to_b64url(const void *octets, size_t len, char *out)
{
	static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const uint8_t *p = octets;
	uint32_t acc = 0;
	int bits = 0;

	for (size_t i = 0; i < len; i++) {
		acc = acc << 8 | p[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*out++ = abc[acc >> (bits - 6) & 63];
	}
	if (bits > 0)
		*out++ = abc[acc << (6 - bits) & 63];
	*out = '\0';
}

static int
b64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool
text_from_b64url(const char *t, size_t tlen, void *out, size_t max, size_t *len)
{
	uint8_t *p = out;
	uint32_t acc = 0;
	int bits = 0;

	*len = 0;
	if (tlen % 4 == 1 || tlen / 4 * 3 + (tlen % 4 ? tlen % 4 - 1 : 0) > max)
		return false;
	for (size_t i = 0; i < tlen; i++) {
		int v = b64_digit(t[i]);

		if (v < 0)
			return false;
		acc = acc << 6 | (uint32_t)v;
		if ((bits += 6) >= 8) {
			bits -= 8;
			p[(*len)++] = (uint8_t)(acc >> bits);
		}
	}
	return (acc & ((1u << bits) - 1)) == 0;
}

void
text_copy(char *out, size_t size, const char *t)
{
	size_t len = strlen(t);

	if (size == 0)
		return;
	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)t[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(out, t, len);
	out[len] = '\0';
}

bool
text_int(const char *t, int64_t min, int64_t max, int64_t *out)
{
	int64_t v = 0;

	if (*t == '\0' || (*t == '0' && t[1] != '\0'))
		return false;
	for (; *t != '\0'; t++) {
		if (*t < '0' || *t > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, *t - '0', &v))
			return false;
	}
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}
