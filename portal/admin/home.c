/* The first page of administration, and the audit. */
#include <stdlib.h>
#include <string.h>

#include "core/service/audit.h"
#include "core/service/open.h"
#include "portal/web/route.h"

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

enum err
admin_home(struct page *p)
{
	struct store_health h = {0};
	struct tpl_audit_row *rows = NULL;
	int64_t last = 0;
	size_t n = 0;
	enum err e;

	if ((e = store_service_health(&p->call, &h)))
		return e;
	e = audit_rows(p, NULL, NULL, INT64_MAX, RECENT, &rows, &n, &last);
	if (e != ERR_OK && e != ERR_FORBIDDEN)
		return e;
	return PAGE(p, admin_home, .people = h.people,
	    .keys_active = h.keys_active, .keys_total = h.keys_total,
	    .devices = h.devices, .aps = h.aps,
	    .may_change = call_may(&p->call, ROLE_ADMIN), .rows = {rows, n});
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
