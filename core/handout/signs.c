#include "core/handout/signs.h"

#include "core/base/text.h"
#include "core/handout/fonts.h"

struct adding {
	struct signs *s;
	const struct type_faces *faces;
};

static void
one(void *of, uint32_t cp)
{
	const struct adding *a = of;
	struct signs *s = a->s;

	for (size_t i = 0; i < s->n; i++)
		if (s->sign[i] == cp)
			return;
	if (s->package == NULL)
		s->package = fonts_package(a->faces, cp);
	if (s->n == SIGNS_MAX)
		s->more = true;
	else
		s->sign[s->n++] = cp;
}

/* The needed font has all of ASCII, and most texts are no more. */
static bool
ascii(const char *t)
{
	while ((unsigned char)*t - 1U < 0x7f)
		t++;
	return *t == '\0';
}

void
signs_add(struct signs *s, const struct type_faces *faces, const char *t)
{
	struct adding a = {.s = s, .faces = faces};

	if (!ascii(t))
		type_lost(faces, t, one, &a);
}

void
signs_of_handout(
    struct signs *s, const struct type_faces *faces, const struct handout *h)
{
	const char *all[] = {h->person, h->key, h->ssid, h->network, h->plan,
	    h->valid, h->brand, h->note, h->support, h->support_mail};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		signs_add(s, faces, all[i]);
}

void
signs_write(const struct signs *s, struct buf *out)
{
	char t[5];

	for (size_t i = 0; i < s->n; i++) {
		text_of(s->sign[i], t);
		buf_printf(out, "%s%s", i > 0 ? " " : "", t);
	}
	if (s->more)
		buf_text(out, " \u2026");
}
