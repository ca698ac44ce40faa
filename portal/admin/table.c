/* Lists of administration as tables for spreadsheets, as they were looked for.
 * No password is in any of them. */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/csv.h"
#include "core/base/text.h"
#include "core/service/devices.h"
#include "core/service/people.h"
#include "core/service/units.h"
#include "portal/admin/admin.h"
#include "portal/web/route.h"

enum {
	EACH = 500, /* rows that are looked up at once */
	EACH_MEMORY = 64 << 20,
	TABLE_MAX = 50000, /* as many as an import takes */
};

struct table {
	struct page *page;
	struct call call; /* of the page, in memory of its own */
	struct buf *out;
	size_t at, n;   /* the rows before these, and these */
	int64_t before; /* in the record of acts; 0: from the newest, or done */
	struct visit_filter visits;
	struct mac mac;
};

static void
put(struct table *t, const char *text)
{
	csv_put(t->out, text, ',');
}

static void
put_time(struct table *t, int64_t at, char after)
{
	char text[CLOCK_TEXT] = "";

	if (at != 0)
		clock_text(at, text);
	csv_put(t->out, text, after);
}

static void
put_number(struct table *t, int64_t n, char after)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)n);
	csv_put(t->out, text, after);
}

static void
put_roles(struct table *t, int roles)
{
	OWN(buf) struct buf b = BUF(200);

	for (int r = ROLE_SPONSOR; r <= ROLE_ADMIN; r++)
		if (roles & 1 << r)
			buf_printf(&b, "%s%s", b.len ? " " : "",
			    role_text((enum role)r));
	put(t, buf_str(&b));
}

static const char *
asked(const struct table *t, const char *name)
{
	return form_text(&t->page->form, name);
}

static enum err
people(struct table *t)
{
	struct person *v;
	size_t total;
	enum err e = people_list(
	    &t->call, asked(t, "q"), t->at, EACH, &v, &t->n, &total);

	for (size_t i = 0; e == ERR_OK && i < t->n; i++) {
		put(t, v[i].id.s);
		put(t, admin_who(t->page, &v[i]));
		put(t, v[i].mail);
		put(t, v[i].language);
		put(t, v[i].issuer);
		put(t, v[i].subject);
		put(t, person_state_text(v[i].state));
		put(t, v[i].state_reason);
		put_roles(t, v[i].roles);
		put_time(t, v[i].last_sign_in, ',');
		put_time(t, v[i].created, '\n');
	}
	return e;
}

static enum err
units(struct table *t)
{
	struct unit *v;
	enum err e = ERR_OK;

	t->n = 0; /* the list is whole: there is nothing behind it */
	if (t->at == 0 && (e = units_list(&t->call, &v, &t->n)))
		return e;
	for (size_t i = 0; i < t->n; i++) {
		put(t, v[i].id.s);
		put(t, v[i].name);
		put(t, v[i].parent.s);
		put_number(t, v[i].vlan, ',');
		put(t, person_state_text(v[i].state));
		put(t, v[i].state_reason);
		put_time(t, v[i].created, '\n');
	}
	return e;
}

static void
put_key(struct table *t, const struct key_view *v)
{
	const struct wifi_key *k = &v->key;

	put(t, k->id.s);
	put(t, k->name);
	put(t, key_kind_text(k->kind));
	put(t, k->person.s);
	put(t, uid_is_none(&k->person) ? "" : admin_who(t->page, &v->person));
	put(t, k->unit.s);
	put(t, v->network.name);
	put(t, v->plan.name);
	put(t, key_standing_text(v->standing));
	put(t, k->reason);
	put_time(t, k->not_before, ',');
	put_time(t, k->not_after, ',');
	put_number(t, (int64_t)v->devices, ',');
	put_number(t, key_devices(k, &v->plan), ',');
	put_time(t, k->first_used, ',');
	put_time(t, k->last_used, ',');
	put_time(t, k->created, '\n');
}

static enum err
keys(struct table *t)
{
	enum key_standing s;
	struct key_filter f = {.search = asked(t, "q"),
	    .standing =
		key_standing_parse(asked(t, "standing"), &s) ? (int)s : -1,
	    .offset = t->at,
	    .limit = EACH};
	struct key_view *v;
	size_t total;
	enum err e = keys_list(&t->call, &f, &v, &t->n, &total);

	for (size_t i = 0; e == ERR_OK && i < t->n; i++)
		put_key(t, &v[i]);
	return e;
}

static void
put_device(struct table *t, const struct device_view *v)
{
	const struct device *d = &v->device;
	char mac[MAC_TEXT];

	mac_text(&d->mac, mac);
	put(t, d->id.s);
	put(t, mac);
	put(t, mac_is_random(&d->mac) ? "yes" : "no");
	put(t, d->name);
	put(t, v->person.s);
	put(t, v->who);
	put(t, d->key.s);
	put(t, v->key);
	put(t, v->network);
	put(t, d->blocked ? "yes" : "no");
	put(t, v->on_air ? "yes" : "no");
	put(t, v->place);
	put_time(t, d->first_seen, ',');
	put_time(t, d->last_seen, ',');
	put_number(t, d->octets_in, ',');
	put_number(t, d->octets_out, '\n');
}

static enum err
devices(struct table *t)
{
	struct device_filter f = {.search = asked(t, "q"),
	    .which = admin_devices_which(&t->page->form),
	    .offset = t->at,
	    .limit = EACH};
	struct device_view *v;
	size_t total;
	enum err e = devices_list(&t->call, &f, &v, &t->n, &total);

	for (size_t i = 0; e == ERR_OK && i < t->n; i++)
		put_device(t, &v[i]);
	return e;
}

static void
put_visit(struct table *t, const struct visit_view *v)
{
	const struct visit *x = &v->visit;
	char mac[MAC_TEXT];

	mac_text(&x->mac, mac);
	put_time(t, x->start, ',');
	put_time(t, x->stop, ',');
	put(t, mac);
	put(t, v->device);
	put(t, v->person.s);
	put(t, v->who);
	put(t, x->key.s);
	put(t, v->key);
	put(t, v->place);
	put_number(t, x->octets_in, ',');
	put_number(t, x->octets_out, ',');
	put_number(t, x->stop_cause, '\n');
}

static enum err
visits(struct table *t)
{
	struct visit_view *v;
	size_t total;
	enum err e;

	t->visits.offset = t->at;
	t->visits.limit = EACH;
	e = visits_list(&t->call, &t->visits, &v, &t->n, &total);
	for (size_t i = 0; e == ERR_OK && i < t->n; i++)
		put_visit(t, &v[i]);
	return e;
}

static enum err
audit(struct table *t)
{
	struct audit_filter f = {.act = asked(t, "act"),
	    .search = asked(t, "q"),
	    .from = t->visits.from,
	    .until = t->visits.until,
	    .before = t->before,
	    .limit = EACH};
	struct audit_row *v = NULL;
	struct audit_more more;
	enum err e;

	(void)uid_parse(asked(t, "what"), &f.what);
	e = audit_find(&t->call, &f, &v, &t->n, &more);
	for (size_t i = 0; e == ERR_OK && i < t->n; i++) {
		put_number(t, v[i].seq, ',');
		put_time(t, v[i].at, ',');
		put(t, v[i].actor);
		put(t, v[i].act);
		put(t, noun_text(v[i].noun));
		put(t, v[i].id.s);
		csv_put(t->out, v[i].detail, '\n');
	}
	t->before = more.before;
	return e;
}

static const struct source {
	const char *word, *head;
	enum noun noun;
	enum err (*some)(struct table *t);
} sources[] = {
    {"people",
	"id,name,mail,language,issuer,subject,state,reason,roles,"
	"last_sign_in,created\n",
	NOUN_PERSON, people},
    {"units", "id,name,parent,vlan,state,reason,created\n", NOUN_UNIT, units},
    {"keys",
	"id,name,kind,person,person_name,unit,network,plan,state,reason,"
	"not_before,not_after,devices,devices_max,first_used,last_used,"
	"created\n",
	NOUN_KEY, keys},
    {"devices",
	"id,mac,random,name,person,person_name,key,key_name,network,blocked,"
	"on_air,ap,first_seen,last_seen,octets_in,octets_out\n",
	NOUN_DEVICE, devices},
    {"visits",
	"start,stop,mac,device,person,person_name,key,key_name,ap,octets_in,"
	"octets_out,stop_cause\n",
	NOUN_VISIT, visits},
    {"audit", "seq,at,actor,act,noun,id,detail\n", NOUN_STORE, audit},
};

/* The device and ids of the form; false when one is none. */
static bool
who(struct table *t)
{
	const struct form *form = &t->page->form;
	struct visit_filter *f = &t->visits;
	const char *device = asked(t, "device");

	if (mac_parse(device, strlen(device), &t->mac, NULL))
		f->mac = &t->mac;
	return (*device == '\0' || f->mac != NULL) &&
	       form_id(form, "key", &f->key) &&
	       form_id(form, "who", &f->person) && form_id(form, "ap", &f->ap);
}

/* The days and ids of the form, as the list has them in its address. */
static enum err
narrowed(struct table *t, const struct source *s)
{
	struct page *p = t->page;
	struct visit_filter *f = &t->visits;
	bool is_audit = s->some == audit, wrong = false;
	enum err e;

	p->query = p->form;
	f->search = asked(t, "person");
	if (!who(t))
		return ERR_BAD_INPUT;
	e = admin_day_asked(
	    p, is_audit ? "since" : "day", false, &f->from, &wrong);
	if (e == ERR_OK && !wrong)
		e = admin_day_asked(
		    p, is_audit ? "until" : "day", true, &f->until, &wrong);
	return wrong ? ERR_BAD_INPUT : e;
}

static enum err
write_all(struct table *t, const struct source *s)
{
	enum err e;

	buf_text(t->out, s->head);
	do {
		arena_reset(t->call.arena);
		if ((e = s->some(t)))
			return e;
		t->at += t->n;
		if (t->at > TABLE_MAX)
			return ERR_TOO_BIG;
	} while (t->n >= EACH || t->before != 0);
	return ERR_OK;
}

enum err
admin_table(struct page *p)
{
	OWN(arena) struct arena *a = arena_new(EACH_MEMORY);
	struct table t = {.page = p, .call = p->call, .out = &p->rp->body};
	const struct source *s = NULL;
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	t.call.arena = a;
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		if (strcmp(sources[i].word, p->rq->args[0]) == 0)
			s = &sources[i];
	if (s == NULL)
		return ERR_NOT_FOUND;
	if ((e = narrowed(&t, s)) ||
	    (e = audit_table(&p->call, s->noun, asked(&t, "q"))) ||
	    (e = write_all(&t, s))) {
		buf_clear(t.out);
		return e;
	}
	return page_file(p, "text/csv; charset=utf-8",
	    arena_printf(p->arena, "%s.csv", s->word));
}
