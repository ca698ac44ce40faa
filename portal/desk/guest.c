/* One guest: print, extend, move, check out. */
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "portal/desk/desk.h"
#include "portal/web/route.h"

enum err
desk_find(struct page *p, const struct uid *id, struct key_view **out)
{
	enum err e;

	if ((*out = arena_get(p->arena, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = keys_get(&p->call, id, *out)))
		return e;
	return (*out)->key.kind == KEY_GUEST ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
guest(struct page *p, struct key_view **out)
{
	struct uid id = page_id(p, 0);

	return desk_find(p, &id, out);
}

static enum err
show(struct page *p, const char *wrong)
{
	const char *done = form_text(&p->query, "done");
	const char *layout = form_text(&p->query, "layout");
	struct tpl_choice *layouts;
	struct tpl_posted *letters;
	struct tpl_trail *trail;
	struct tpl_guest *g;
	struct squares squares = {.n = 0};
	struct key_view *v;
	size_t n, ntrail, nletters;
	enum err e;

	if ((e = guest(p, &v)) ||
	    (e = squares_key(p, &squares, v, SAY("Room or host"), true)) ||
	    (e = desk_rows(p, v, 1, &g)) ||
	    (e = desk_record(p, &v->key.id, &trail, &ntrail)) ||
	    (e = desk_letters(p, &v->key.id, &letters, &nletters)) ||
	    (e = desk_layouts(p, *layout ? layout : "a6", &layouts, &n)))
		return e;
	return PAGE(p, desk_guest, .g = *g, .trail = {trail, ntrail},
	    .letters = {letters, nletters}, .squares = squares_shown(&squares),
	    .mails = p->app->conf->mail.url[0] != '\0',
	    .sent = strcmp(done, "sent") == 0, .layouts = {layouts, n},
	    .made = strcmp(done, "made") == 0,
	    .done = *done != '\0' && strcmp(done, "made") != 0 &&
		    strcmp(done, "sent") != 0,
	    .wrong = wrong);
}

enum err
desk_guest(struct page *p)
{
	return show(p, "");
}

/* Back to the page, or the page with what is wrong. */
static enum err
after(struct page *p, enum err e, const char *done)
{
	struct uid id = page_id(p, 0);

	if (e == ERR_OK)
		return page_gof(p, "/desk/guest/%s?done=%s", id.s, done);
	if (e != ERR_BAD_INPUT && e != ERR_BAD_STATE && e != ERR_CONFLICT)
		return e;
	return show(
	    p, p->call.why.text[0] != '\0' ? p->call.why.text : err_words(e));
}

static enum err
version(struct page *p, int64_t *out)
{
	return text_int(form_text(&p->form, "version"), 0, INT64_MAX, out)
		   ? ERR_OK
		   : ERR_BAD_INPUT;
}

enum err
desk_extend(struct page *p)
{
	const char *day = form_text(&p->form, "departure");
	int64_t end = 0, v = 0;
	struct key_view *g;
	enum err e;

	if ((e = guest(p, &g)))
		return e;
	if (*day == '\0' ||
	    desk_day(day, g->network.time_zone, true, &end) != ERR_OK ||
	    (e = version(p, &v)) != ERR_OK)
		return after(p, ERR_BAD_INPUT, "");
	return after(p, keys_set_end(&p->call, &g->key.id, end, v), "extended");
}

enum err
desk_devices(struct page *p)
{
	struct key_view *g;
	int64_t v = 0;
	/* the service says what may be typed */
	int most = form_number(&p->form, "devices", DEVICES_MAX);
	enum err e;

	if ((e = guest(p, &g)))
		return e;
	if ((e = version(p, &v)) == ERR_OK)
		e = keys_set_devices(&p->call, &g->key.id, most, v);
	return after(p, e, "devices");
}

enum err
desk_move(struct page *p)
{
	struct key_view *g;
	int64_t v = 0;
	enum err e;

	if ((e = guest(p, &g)))
		return e;
	if ((e = version(p, &v)) == ERR_OK)
		e = keys_rename(
		    &p->call, &g->key.id, form_text(&p->form, "room"), v);
	return after(p, e, "moved");
}

enum err
desk_out(struct page *p)
{
	struct key_view *g;
	enum err e;

	if ((e = guest(p, &g)))
		return e;
	return after(
	    p, keys_revoke(&p->call, &g->key.id, SAY("Checked out.")), "out");
}

enum err
desk_send(struct page *p)
{
	struct key_view *g;
	enum err e;

	if ((e = guest(p, &g)))
		return e;
	return after(p, desk_post(p, g), "sent");
}
