#include "portal/web/squares.h"

#include <string.h>

#include "core/base/say.h"
#include "core/handout/fonts.h"
#include "portal/web/route.h"

enum { SIGNS_TEXT = 8 * SIGNS_MAX };

static enum err
add_row(struct page *p, struct squares *s, const struct signs *lost,
    const char *what, const char *text)
{
	OWN(buf) struct buf b = BUF(SIGNS_TEXT);
	struct tpl_square row = {
	    .what = what, .text = arena_text(p->arena, text)};

	signs_write(lost, &b);
	row.signs = arena_text(p->arena, buf_str(&b));
	if (b.err != ERR_OK || row.signs == NULL || row.text == NULL)
		return ERR_NO_MEMORY;
	s->row[s->n++] = row;
	return ERR_OK;
}

enum err
squares_add(struct page *p, struct squares *s, const char *what,
    const char *text, bool *any)
{
	const struct type_faces *faces = fonts_loaded();
	struct signs lost = {.n = 0};

	if (faces != NULL)
		signs_add(&lost, faces, text);
	if (any != NULL)
		*any = lost.n > 0;
	if (lost.n == 0)
		return ERR_OK;
	if (lost.package != NULL)
		s->package = lost.package;
	s->more |= s->n == SQUARES_ROWS;
	return s->n == SQUARES_ROWS ? ERR_OK : add_row(p, s, &lost, what, text);
}

struct said {
	const char *what, *text;
};

static enum err
add_all(struct page *p, struct squares *s, const struct said *all, size_t n)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = squares_add(p, s, all[i].what, all[i].text, NULL);
	return e;
}

enum err
squares_house(
    struct page *p, struct squares *s, const char *language, bool note)
{
	const struct conf_portal *c = &p->app->conf->portal;
	const struct said all[] = {
	    {SAY("Heading"), conf_said(&c->brand, language)},
	    {SAY("Whom to ask"), conf_said(&c->support, language)},
	    {SAY("Further text"),
		note ? conf_said(&c->sheet_note, language) : ""},
	};

	return add_all(p, s, all, sizeof(all) / sizeof(*all));
}

enum err
squares_key(struct page *p, struct squares *s, const struct key_view *v,
    const char *named, bool desk)
{
	const struct said all[] = {
	    {SAY("Name"), v->person.name},
	    {named, v->key.name},
	    {SAY("Wi-Fi name (SSID)"), v->network.ssid},
	    {SAY("Network"), v->network.name},
	    {SAY("Plan"), v->plan.name},
	};
	enum err e = add_all(p, s, all, sizeof(all) / sizeof(*all));

	return e != ERR_OK
		   ? e
		   : squares_house(
			 p, s, desk ? v->person.language : p->view.code, desk);
}

struct tpl_squares
squares_shown(const struct squares *s)
{
	return (struct tpl_squares){.rows = {s->row, s->n},
	    .more = s->more,
	    .guests = s->guests,
	    .package = s->package != NULL ? s->package : ""};
}

int
squares_count(const struct handout *h)
{
	const struct type_faces *faces = fonts_loaded();
	struct signs s = {.n = 0};

	if (faces != NULL)
		signs_of_handout(&s, faces, h);
	return (int)s.n;
}

enum err
squares_reveal(struct call *c, const struct uid *id, const char *act,
    const struct handout *h, struct secret *passphrase)
{
	bool sheet = strcmp(act, "print") == 0 || strcmp(act, "mail") == 0;
	int n = sheet ? squares_count(h) : 0;

	return keys_reveal_many(c, &id, 1, act, &n, passphrase);
}
