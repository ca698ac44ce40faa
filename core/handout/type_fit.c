/* Where a line of text may end. */
#include "core/base/text.h"
#include "core/handout/shape.h"

/* Chinese, Japanese: a line may end after any character. */
static bool
ideograph(uint32_t cp)
{
	return (cp >= 0x2e80 && cp < 0xa4d0) || (cp >= 0xf900 && cp < 0xfb00) ||
	       (cp >= 0xff00 && cp < 0xfff0);
}

static bool
one_of(uint32_t cp, const uint16_t *all)
{
	while (*all != 0 && *all != cp)
		all++;
	return *all != 0;
}

/* Whether a line may end between these two: not before what closes, or goes on
 * with, the character before it, and not behind what opens (JIS X 4051). */
static bool
parts(uint32_t cp, uint32_t then)
{
	static const uint16_t opens[] = {0x3008, 0x300a, 0x300c, 0x300e, 0x3010,
	    0x3014, 0xff08, 0xff3b, 0xff5b, 0};
	static const uint16_t closes[] = {0x3001, 0x3002, 0x3005, 0x3009,
	    0x300b, 0x300d, 0x300f, 0x3011, 0x3015, 0x3041, 0x3043, 0x3045,
	    0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x30a1, 0x30a3,
	    0x30a5, 0x30a7, 0x30a9, 0x30c3, 0x30e3, 0x30e5, 0x30e7, 0x30fb,
	    0x30fc, 0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f,
	    0xff3d, 0xff5d, '.', ',', ')', ':', ';', '!', '?', 0};

	return ideograph(cp) && !one_of(cp, opens) && !one_of(then, closes);
}

static uint32_t
peek(const char *t)
{
	return text_next(&t);
}

size_t
type_fit(const struct type_faces *faces, enum type_style style, const char *t,
    int width)
{
	const char *at = t, *next = t, *good = NULL, *letter = t;
	size_t n = 0;
	int w = 0;

	for (uint32_t cp; (cp = text_next(&next)) != 0; at = next) {
		if (cp == '\n')
			return (size_t)(next - t);
		w += type_advance(faces, style, cp);
		if (!shape_mark(cp) && !shape_joins(cp))
			letter = at;
		/* a blank may hang over the edge */
		if (cp != ' ' && (w > width || n == TYPE_LINE_MAX - 2)) {
			if (good != NULL)
				return (size_t)(good - t);
			return (size_t)((letter == t ? next : letter) - t);
		}
		if (cp == ' ' || cp == '-' || parts(cp, peek(next)))
			good = next;
		n++;
	}
	return (size_t)(at - t);
}
