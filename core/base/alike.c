#include "core/base/alike.h"

#include <stdint.h>

/* Letters from U+00C0 to U+017F without their accents; '?' has none. */
static const char latin[] = "aaaaaa?ceeeeiiii?nooooo?ouuuuy??aaaaaa?ceeeeiiii"
			    "?nooooo?ouuuuy?yaaaaaaccccccccddddeeeeeeeeeegggg"
			    "gggghhhhiiiiiiiiii??jjkkkllllllllllnnnnnn???oooo"
			    "oo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* What looks like a Latin letter, in lower case. */
static const struct {
	uint16_t from;
	char to;
} other[] = {
    /* Greek */
    {0x391, 'a'},
    {0x392, 'b'},
    {0x395, 'e'},
    {0x396, 'z'},
    {0x397, 'h'},
    {0x399, 'l'},
    {0x39a, 'k'},
    {0x39c, 'm'},
    {0x39d, 'n'},
    {0x39f, 'o'},
    {0x3a1, 'p'},
    {0x3a4, 't'},
    {0x3a5, 'y'},
    {0x3a7, 'x'},
    {0x3b1, 'a'},
    {0x3bf, 'o'},
    {0x3c1, 'p'},
    {0x3bd, 'v'},
    {0x3b9, 'l'},
    /* Cyrillic */
    {0x405, 's'},
    {0x406, 'l'},
    {0x408, 'j'},
    {0x410, 'a'},
    {0x412, 'b'},
    {0x415, 'e'},
    {0x41a, 'k'},
    {0x41c, 'm'},
    {0x41d, 'h'},
    {0x41e, 'o'},
    {0x420, 'p'},
    {0x421, 'c'},
    {0x422, 't'},
    {0x423, 'y'},
    {0x425, 'x'},
    {0x430, 'a'},
    {0x435, 'e'},
    {0x43e, 'o'},
    {0x440, 'p'},
    {0x441, 'c'},
    {0x443, 'y'},
    {0x445, 'x'},
    {0x455, 's'},
    {0x456, 'l'},
    {0x458, 'j'},
    {0x401, 'e'},
    {0x451, 'e'},
    {0x407, 'l'},
    {0x457, 'l'},
};

/* One character of UTF-8; what is none stands for itself. */
static uint32_t
next(const char **at)
{
	const unsigned char *s = (const unsigned char *)*at;
	int more = s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : s[0] >= 0xc0 ? 1 : 0;
	uint32_t c = more == 0 ? s[0] : s[0] & (0x3fU >> more);

	for (int i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			*at += 1;
			return s[0];
		}
		c = c << 6 | (s[i] & 0x3fU);
	}
	*at += 1 + more;
	return c;
}

/* 0: it is not seen. */
static uint32_t
look(uint32_t c)
{
	if (c >= 0x300 && c < 0x370) /* accents of their own */
		return 0;
	if (c == ' ' || c == 0xa0 || c == '-' || c == '\'' || c == 0x2019)
		return 0;
	if (c >= 0xff01 && c <= 0xff5e) /* as wide as a Chinese character */
		c -= 0xff01 - '!';
	if (c == '0')
		return 'o';
	if (c == '1' || c == '|' || c == 'I' || c == 'i' || c == 0x131)
		return 'l';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	if (c < 0x80)
		return c;
	if (c >= 0xc0 && c < 0xc0 + sizeof(latin) - 1 && latin[c - 0xc0] != '?')
		return look((unsigned char)latin[c - 0xc0]);
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (other[i].from == c)
			return (unsigned char)other[i].to;
	return c;
}

void
alike_skeleton(const char *name, char *out, size_t size)
{
	size_t n = 0;

	while (*name != '\0' && n + 4 < size) {
		uint32_t c = look(next(&name));

		if (c == 0)
			continue;
		if (c < 0x80) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = (char)(c >> 16 & 0xff ? c >> 16 & 0xff : 1);
		out[n++] = (char)(c >> 8 & 0xff ? c >> 8 & 0xff : 1);
		out[n++] = (char)(c & 0xff ? c & 0xff : 1);
	}
	out[n] = '\0';
}
