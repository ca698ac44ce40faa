/* What is stored about oneself: read it, take it along, delete it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/service/audit.h"
#include "core/service/devices.h"
#include "core/service/keys.h"
#include "core/service/people.h"
#include "core/service/units.h"
#include "portal/web/cookie.h"
#include "portal/web/guard.h"
#include "portal/web/route.h"

enum { VISITS_MOST = 1000 };

enum err
privacy_page(struct page *p)
{
	const struct person *me = &p->session.who;
	const char **groups;
	struct tpl_group *v;
	size_t n;
	enum err e;

	if ((e = people_groups(&p->call, &me->id, &groups, &n)))
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		v[i].name = groups[i];
	return PAGE(p, privacy, .name = me->name, .mail = me->mail,
	    .since = me->created, .groups = {v, n});
}

/* --- the file --- */

static json_t *
when(int64_t t)
{
	char text[CLOCK_TEXT];

	if (t == 0)
		return json_null();
	clock_text(t, text);
	return json_string(text);
}

static json_t *
about(const struct person *m)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:o}",
	    "issuer", m->issuer, "subject", m->subject, "name", m->name, "mail",
	    m->mail, "language", m->language, "state",
	    person_state_text(m->state), "since", when(m->created),
	    "terms_accepted", when(m->terms_at), "terms_version",
	    m->terms_version, "last_sign_in", when(m->last_sign_in));
}

static enum err
visits(struct page *p, const struct uid *key, json_t *into)
{
	struct visit *v;
	size_t n;
	enum err e = visits_of_key(&p->call, key, VISITS_MOST, &v, &n);

	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		char mac[MAC_TEXT];

		mac_text(&v[i].mac, mac);
		json_array_append_new(
		    into, json_pack("{s:s, s:o, s:o, s:I, s:I}", "device", mac,
			      "start", when(v[i].start), "end", when(v[i].stop),
			      "octets_in", (json_int_t)v[i].octets_in,
			      "octets_out", (json_int_t)v[i].octets_out));
	}
	return e;
}

/* Passwords without the secret: that is for the key's page. */
static enum err
keys(struct page *p, json_t *root)
{
	json_t *list = json_array();
	struct key_view *k;
	size_t n;
	enum err e = keys_of(&p->call, &p->session.person, &k, &n);

	json_object_set_new(root, "passwords", list);
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		json_t *stays = json_array();

		e = visits(p, &k[i].key.id, stays);
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}",
			"id", k[i].key.id.s, "name", k[i].key.name, "network",
			k[i].network.ssid, "plan", k[i].plan.name, "state",
			key_standing_text(k[i].standing), "made",
			when(k[i].key.created), "until",
			when(k[i].key.not_after), "last_used",
			when(k[i].key.last_used), "visits", stays));
	}
	return e;
}

static enum err
devices(struct page *p, json_t *root)
{
	json_t *list = json_array();
	struct device *d;
	size_t n;
	enum err e = devices_of_person(&p->call, &p->session.person, &d, &n);

	json_object_set_new(root, "devices", list);
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		char mac[MAC_TEXT];

		mac_text(&d[i].mac, mac);
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:o, s:o, s:I, s:I}", "address", mac,
			"name", d[i].name, "first_seen", when(d[i].first_seen),
			"last_seen", when(d[i].last_seen), "octets_in",
			(json_int_t)d[i].octets_in, "octets_out",
			(json_int_t)d[i].octets_out));
	}
	return e;
}

static enum err
belongs(struct page *p, json_t *root)
{
	json_t *groups = json_array(), *units = json_array();
	const struct uid *me = &p->session.person;
	const char **name;
	struct unit *u;
	size_t n;
	enum err e;

	json_object_set_new(root, "groups", groups);
	json_object_set_new(root, "shared_with", units);
	if ((e = people_groups(&p->call, me, &name, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(groups, json_string(name[i]));
	if ((e = units_of(&p->call, me, &u, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(units, json_string(u[i].name));
	return ERR_OK;
}

enum err
privacy_data(struct page *p)
{
	json_t *root = json_object();
	char *text;
	enum err e;

	json_object_set_new(root, "person", about(&p->session.who));
	if (!(e = belongs(p, root)) && !(e = keys(p, root)) &&
	    !(e = devices(p, root)))
		e = audit_note(&p->call, "person.export", NOUN_PERSON,
		    &p->session.person, NULL);
	text = e ? NULL : json_dumps(root, JSON_INDENT(2));
	json_decref(root);
	if (e == ERR_OK && text == NULL)
		e = ERR_NO_MEMORY;
	if (text != NULL)
		buf_text(&p->rp->body, text);
	free(text);
	return e ? e : page_file(p, "application/json", "my-data.json");
}

enum err
privacy_delete(struct page *p)
{
	enum err e;

	if (strcmp(form_text(&p->form, "sure"), "yes") != 0)
		return page_go(p, "/privacy");
	if ((e = people_forget(&p->call, &p->session.person)))
		return e;
	cookie_set(p->rp, GUARD_COOKIE, "", -1);
	reply_header(p->rp, "clear-site-data", "\"cache\"");
	p->signed_in = p->view.signed_in = false;
	return PAGE(p, forgotten, .nothing = true);
}
