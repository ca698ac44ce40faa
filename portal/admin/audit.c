/* The record of acts, as staff looks for one of them. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/audit.h"
#include "portal/admin/admin.h"
#include "portal/admin/spoken.h"
#include "portal/web/route.h"

enum { AUDIT_PAGE = 100 };

static enum err
row_said(struct page *p, const struct audit_row *r, struct tpl_audit_row *v)
{
	int lang = p->view.lang;
	struct spoken_actor who;
	enum err e = spoken_actor(p->arena, lang, r->actor, &who);

	if (e != ERR_OK)
		return e;
	v->actor = who.name;
	v->actor_said = who.said;
	v->from = who.from;
	v->act = r->act;
	v->act_said = spoken_act(lang, r->act);
	v->noun = spoken_noun(lang, r->noun);
	v->what = r->id.s;
	return spoken_detail(p, r->detail, &v->details.v, &v->details.n);
}

enum err
admin_audit_rows(struct page *p, const struct audit_filter *f,
    struct tpl_audit_row **out, size_t *n, struct audit_more *more)
{
	struct audit_row *rows = NULL;
	enum err e = audit_find(&p->call, f, &rows, n, more);
	struct tpl_audit_row *v;

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		v[i].seq = rows[i].seq;
		v[i].at = rows[i].at;
		if ((e = row_said(p, &rows[i], &v[i])))
			return e;
	}
	*out = v;
	return ERR_OK;
}

/* All there is to look for, by what it is called. */
static enum err
act_choices(struct page *p, const char *chosen, const struct tpl_choice **out,
    size_t *n)
{
	struct tpl_choice *v;

	for (*n = 0; spoken_act_at(*n) != NULL; (*n)++)
		;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		const char *act = spoken_act_at(i);

		v[i] = (struct tpl_choice){act, spoken_act(p->view.lang, act),
		    strcmp(act, chosen) == 0};
	}
	*out = v;
	return ERR_OK;
}

static enum err
answer(struct page *p, const struct audit_filter *f, struct tpl_admin_audit *t)
{
	struct tpl_audit_row *rows = NULL;
	struct audit_more more = {0};
	size_t n = 0;
	enum err e = admin_audit_rows(p, f, &rows, &n, &more);

	t->rows.v = rows;
	t->rows.n = n;
	t->more = more.before > 1;
	t->last = more.before;
	t->cut = more.cut && t->more;
	t->looked = more.at;
	return e;
}

enum err
admin_audit(struct page *p)
{
	struct audit_filter f = {.act = form_text(&p->query, "act"),
	    .search = form_text(&p->query, "q"),
	    .limit = AUDIT_PAGE};
	struct tpl_admin_audit t = {.act = f.act,
	    .q = f.search,
	    .what = f.what.s,
	    .since = form_day(&p->query, "since"),
	    .until = form_day(&p->query, "until")};
	enum err e;

	(void)text_int(form_text(&p->query, "before"), 1, INT64_MAX, &f.before);
	t.is_older = f.before != 0;
	(void)uid_parse(form_text(&p->query, "what"), &f.what);
	if ((e = admin_day_asked(p, "since", false, &f.from, &t.wrong_since)) ||
	    (e = admin_day_asked(p, "until", true, &f.until, &t.wrong_until)) ||
	    (e = act_choices(p, f.act, &t.acts.v, &t.acts.n)))
		return e;
	if (!t.wrong_since && !t.wrong_until && (e = answer(p, &f, &t)))
		return e;
	render_admin_audit(&p->view, &t, &p->rp->body);
	return page_html(p, 200);
}
