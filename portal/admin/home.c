/* The first page of administration, and the audit. */
#include <stdlib.h>
#include <string.h>

#include "core/service/audit.h"
#include "core/service/insight.h"
#include "portal/web/route.h"
#include "portal/web/said.h"

enum { RECENT = 12, AUDIT_PAGE = 100 };

static enum err
audit_rows(struct page *p, const char *act, const struct uid *what,
    int64_t before, size_t limit, struct tpl_audit_row **out, size_t *n,
    int64_t *last)
{
	struct audit_row *rows = NULL;
	enum err e = audit_list(&p->call, act, what, before, limit, &rows, n);
	struct tpl_audit_row *v;

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		v[i].seq = rows[i].seq;
		v[i].at = rows[i].at;
		v[i].actor = rows[i].actor;
		v[i].act = rows[i].act;
		v[i].noun = noun_text(rows[i].noun);
		v[i].what = rows[i].id.s;
		v[i].detail = rows[i].detail;
		*last = rows[i].seq;
	}
	*out = v;
	return ERR_OK;
}

static enum err
most_data(struct page *p, struct tpl_bar **out, size_t *n)
{
	struct insight_top *top = NULL;
	enum err e = insight_top(&p->call, &top, n);
	struct tpl_bar *v;

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		v[i].label = top[i].name;
		v[i].href =
		    arena_printf(p->arena, "/admin/keys/%s", top[i].key.s);
		v[i].words = said_amount(p->arena, p->view.lang, top[i].octets);
		v[i].share = top[0].octets > 0
				 ? top[i].octets / (top[0].octets / 100 + 1)
				 : 0;
	}
	*out = v;
	return ERR_OK;
}

enum err
admin_home(struct page *p)
{
	struct insight_house h = {0};
	struct tpl_audit_row *rows = NULL;
	struct tpl_bar *bars = NULL;
	int64_t last = 0;
	size_t n = 0, nbars = 0;
	enum err e;

	if ((e = insight_house(&p->call, &h)) ||
	    (e = most_data(p, &bars, &nbars)))
		return e;
	e = audit_rows(p, NULL, NULL, INT64_MAX, RECENT, &rows, &n, &last);
	if (e != ERR_OK && e != ERR_FORBIDDEN)
		return e;
	return PAGE(p, admin_home, .people = (int64_t)h.people_active,
	    .keys_active = (int64_t)h.keys_active,
	    .devices_week = (int64_t)h.devices_week,
	    .on_air = (int64_t)h.on_air, .unused = (int64_t)h.unused,
	    .expiring = (int64_t)h.expiring_week,
	    .undisconnected = (int64_t)h.refused_disconnects,
	    .bars = {bars, nbars}, .rows = {rows, n});
}

enum err
admin_audit(struct page *p)
{
	const char *act = form_text(&p->query, "act");
	const char *from = form_text(&p->query, "before");
	struct uid what = UID_NONE;
	struct tpl_audit_row *rows = NULL;
	int64_t before = INT64_MAX, last = 0;
	size_t n = 0;
	enum err e;

	if (*from)
		before = strtoll(from, NULL, 10);
	(void)uid_parse(form_text(&p->query, "what"), &what);
	if ((e = audit_rows(p, *act ? act : NULL,
		 uid_is_none(&what) ? NULL : &what, before, AUDIT_PAGE, &rows,
		 &n, &last)))
		return e;
	return PAGE(p, admin_audit, .rows = {rows, n}, .act = act,
	    .what = uid_is_none(&what) ? "" : form_text(&p->query, "what"),
	    .more = n == AUDIT_PAGE && last > 1, .last = last);
}
