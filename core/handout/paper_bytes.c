#include "core/handout/paper_bytes.h"

/* Code page 1252, 0x80 to 0x9f; 0: nothing there. */
static const uint16_t high[32] = {0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026,
    0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0, 0x2018,
    0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161,
    0x203a, 0x153, 0, 0x17e, 0x178};

static unsigned char
octet(uint32_t c)
{
	if ((c >= 0x20 && c < 0x7f) || (c > 0xa0 && c < 0x100 && c != 0xad))
		return (unsigned char)c;
	for (size_t i = 0; i < 32; i++)
		if (c != 0 && high[i] == c)
			return (unsigned char)(0x80 + i);
	return 0;
}

bool
paper_bytes_enough(const struct ttf_used *u)
{
	for (uint32_t c = 0; c < 65536; c++) {
		if (c % 8 == 0 && u->bit[c / 8] == 0)
			c += 7;
		else if (ttf_uses(u, c) && octet(c) == 0)
			return false;
	}
	return true;
}

static char *
utf8(uint32_t c, char *out)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c < 0x800)
		*out++ = (char)(0xc0 | c >> 6);
	else {
		*out++ = (char)(0xe0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*out++ = (char)(0x80 | (c & 0x3f));
	return out;
}

void
paper_bytes(const struct ttf_used *u, const uint32_t *c, size_t n, bool single,
    char *out)
{
	for (size_t i = 0; i < n; i++)
		if (single)
			*out++ = (char)octet(c[i]);
		else
			out = utf8(ttf_code(u, c[i]), out);
	*out = '\0';
}

static char *
hex(uint32_t unit, char *out)
{
	static const char digit[] = "0123456789ABCDEF";

	for (int shift = 12; shift >= 0; shift -= 4)
		*out++ = digit[unit >> shift & 15];
	return out;
}

void
paper_bytes_hex(const uint32_t *c, size_t n, char *out)
{
	out = hex(0xfeff, out);
	for (size_t i = 0; i < n; i++) {
		if (c[i] < 0x10000) {
			out = hex(c[i], out);
			continue;
		}
		out = hex(0xd800 + (c[i] - 0x10000) / 0x400, out);
		out = hex(0xdc00 + (c[i] & 0x3ff), out);
	}
	*out = '\0';
}
