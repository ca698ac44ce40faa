/* All visits, as staff looks for one of them. */
#include <string.h>

#include "core/base/say.h"
#include "core/service/devices.h"
#include "core/service/people.h"
#include "portal/admin/admin.h"
#include "portal/admin/choices.h"
#include "portal/web/route.h"
#include "portal/web/said.h"

/* Acct-Terminate-Cause of RFC 2866 5.10 and RFC 3580 3.5, in plain words. */
static const char *
how_ended(int cause)
{
	static const char left[] = SAY("The device left."),
			  lost[] = SAY("The connection was lost."),
			  ended[] = SAY("The access point ended it."),
			  fault[] = SAY("Something went wrong."),
			  again[] = SAY("The access point restarted.");
	static const char *const words[] = {
	    [1] = left,
	    [2] = lost,
	    [3] = lost,
	    [4] = SAY("It was silent for too long."),
	    [5] = SAY("Its time was over."),
	    [6] = SAY("It was disconnected."),
	    [7] = again,
	    [8] = fault,
	    [9] = fault,
	    [10] = ended,
	    [11] = again,
	    [12] = ended,
	    [13] = ended,
	    [14] = ended,
	    [15] = ended,
	    [16] = ended,
	    [17] = fault,
	    [18] = ended,
	    [19] = SAY("The device joined anew."),
	    [20] = SAY("It was not let in again."),
	    [21] = ended,
	    [22] = ended,
	};

	if (cause > 0 && (size_t)cause < sizeof(words) / sizeof(*words))
		return words[cause];
	return SAY("No reason was reported.");
}

static enum err
rows(struct page *p, const struct visit_view *all, size_t n,
    struct tpl_visit_row **out)
{
	struct tpl_visit_row *v = arena_array(p->arena, n + 1, sizeof(*v));

	if ((*out = v) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const struct visit *t = &all[i].visit;

		v[i] = (struct tpl_visit_row){.start = t->start,
		    .stop = t->stop,
		    .mac = said_mac(p->arena, &t->mac),
		    .device = all[i].device,
		    .person_id = all[i].person.s,
		    .person = all[i].who,
		    .key_id = t->key.s,
		    .key = all[i].key,
		    .place_id = t->ap.s,
		    .place = all[i].place,
		    .down = arena_printf(
			p->arena, "\u2193 %s", admin_amount(p, t->octets_out)),
		    .up = arena_printf(
			p->arena, "\u2191 %s", admin_amount(p, t->octets_in)),
		    .how = how_ended(t->stop_cause)};
		if (!v[i].mac || !v[i].down || !v[i].up)
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

/* Whose they are when a page of one of them led here: its name. */
static enum err
only(struct page *p, const struct visit_filter *f, struct tpl_admin_visits *t)
{
	struct key_view *k = arena_get(p->arena, sizeof(*k));
	struct person *o = arena_get(p->arena, sizeof(*o));
	enum err e;

	t->only = "";
	t->is_only = !uid_is_none(&f->key) || !uid_is_none(&f->person);
	if (k == NULL || o == NULL)
		return ERR_NO_MEMORY;
	if (!uid_is_none(&f->key)) {
		if ((e = keys_get(&p->call, &f->key, k)))
			return e;
		t->only = k->key.name;
	} else if (!uid_is_none(&f->person)) {
		if ((e = people_get(&p->call, &f->person, o)))
			return e;
		t->only = admin_who(p, o);
	}
	return ERR_OK;
}

/* The id in FIELD of the address, or none. */
static enum err
asked(const struct page *p, const char *field, struct uid *out)
{
	return form_id(&p->query, field, out) ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
day(struct page *p, struct visit_filter *f, struct tpl_admin_visits *t)
{
	enum err e;

	t->day = form_day(&p->query, "day");
	if ((e = admin_day_asked(p, "day", false, &f->from, &t->wrong_day)))
		return e;
	return admin_day_asked(p, "day", true, &f->until, &t->wrong_day);
}

static enum err
answer(struct page *p, const struct visit_filter *f, struct tpl_admin_visits *t)
{
	struct visit_view *all = NULL;
	struct tpl_visit_row *v = NULL;
	size_t n = 0, total = 0;
	enum err e;

	if ((e = visits_list(&p->call, f, &all, &n, &total)) ||
	    (e = rows(p, all, n, &v)))
		return e;
	t->rows.v = v;
	t->rows.n = n;
	t->pager = admin_pager(f->offset, n, total, ADMIN_PAGE);
	return ERR_OK;
}

enum err
admin_visits(struct page *p)
{
	struct visit_filter f = {.search = form_text(&p->query, "person"),
	    .offset = admin_offset(p),
	    .limit = ADMIN_PAGE};
	struct tpl_admin_visits t = {.device = form_text(&p->query, "device"),
	    .named = f.search,
	    .ap = f.ap.s,
	    .key = f.key.s,
	    .who = f.person.s,
	    .may_edit = call_may(&p->call, ROLE_ADMIN)};
	struct mac mac;
	enum err e;

	if (mac_parse(t.device, strlen(t.device), &mac, NULL))
		f.mac = &mac;
	t.wrong_device = *t.device != '\0' && f.mac == NULL;
	if ((e = asked(p, "key", &f.key)) || (e = asked(p, "who", &f.person)) ||
	    (e = asked(p, "ap", &f.ap)) || (e = day(p, &f, &t)) ||
	    (e = admin_ap_choices(p, t.ap, &t.aps.v, &t.aps.n)) ||
	    (e = only(p, &f, &t)))
		return e;
	if (!t.wrong_device && !t.wrong_day && (e = answer(p, &f, &t)))
		return e;
	render_admin_visits(&p->view, &t, &p->rp->body);
	return page_html(p, 200);
}
