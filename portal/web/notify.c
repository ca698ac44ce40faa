#include "portal/web/notify.h"

#include <time.h>

#include "core/model/zone.h"
#include "portal/web/lang.h"
#include "portal/web/letter.h"
#include "portal/web/said.h"
#include "portal/web/view.h"

enum { PAGE_MOST = 16384 };

/* "5 December 2026, 14:05 (Europe/Berlin)", in language LANG; "" for 0. */
static const char *
local_time(struct arena *a, int lang, const char *zone, int64_t when)
{
	const struct zone *z = NULL;
	struct tm tm;
	time_t t;

	if (when == 0)
		return "";
	if (zone_get(zone, &z))
		z = NULL;
	t = (time_t)(when + zone_offset(z, when));
	if (gmtime_r(&t, &tm) == NULL)
		return "";
	return said_date(a, lang, &tm, false, z ? zone : "UTC");
}

static bool
renewable(const struct call *c, const struct notice *n)
{
	int64_t end;

	return key_renewable(
	    &n->key, &n->plan, n->network.time_zone, c->now, &end);
}

static void
render(struct app *app, struct call *c, const struct notice *n,
    const struct view *v, struct buf *b)
{
	const char *zone = n->network.time_zone, *network = n->network.name;
	const char *link =
	    arena_printf(c->arena, "%s/key/%s", app->origin, n->key.id.s);
	const char *end = local_time(c->arena, v->lang, zone, n->key.not_after);

	switch (n->kind) {
	case NOTICE_MADE:
		render_letter_made(v,
		    &(struct tpl_letter_made){.name = n->key.name,
			.network = network,
			.when = end,
			.link = link},
		    b);
		break;
	case NOTICE_ROTATED:
		render_letter_rotated(v,
		    &(struct tpl_letter_rotated){.name = n->key.name,
			.network = network,
			.when = n->before.state == KEY_ACTIVE
				    ? local_time(c->arena, v->lang, zone,
					  n->before.not_after)
				    : "",
			.link = link},
		    b);
		break;
	case NOTICE_ENDING:
		render_letter_ending(v,
		    &(struct tpl_letter_ending){.name = n->key.name,
			.network = network,
			.when = end,
			.renew = renewable(c, n),
			.link = link},
		    b);
		break;
	}
}

enum err
notify_write(
    void *app, struct call *c, const struct notice *n, struct mail *out)
{
	OWN(buf) struct buf b = BUF(PAGE_MOST);
	OWN(buf) struct buf subject = BUF(MAIL_SUBJECT_MAX + 1);
	OWN(buf) struct buf text = BUF(PAGE_MOST);
	struct app *a = app;
	int lang = lang_find(n->to.language);
	struct view v = {.lang = lang < 0 ? a->lang : lang};
	enum err e;

	v.code = langs[v.lang].code;
	v.dir = langs[v.lang].dir;
	view_says(&v, a);
	render(a, c, n, &v, &b);
	if (b.err || (e = letter_text(buf_str(&b), &subject, &text)))
		return b.err ? b.err : e;
	*out = (struct mail){.to = arena_text(c->arena, n->to.mail),
	    .subject = arena_text(c->arena, buf_str(&subject)),
	    .text = arena_text(c->arena, buf_str(&text)),
	    .html = arena_text(c->arena, buf_str(&b)),
	    .language = v.code,
	    .at = c->now};
	return out->to && out->subject && out->text && out->html
		   ? ERR_OK
		   : ERR_NO_MEMORY;
}
