#include "core/service/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/csv.h"
#include "core/base/text.h"
#include "core/model/policy.h"
#include "core/model/zone.h"
#include "core/service/act.h"
#include "core/service/world.h"

static const char *const words[] = {
#define EXPORT_WORD_(name, word) word,
    EXPORT_FORMS(EXPORT_WORD_)
#undef EXPORT_WORD_
};

/* A key that is good, and the devices of those that need one. */
struct row {
	struct uid id;
	struct wifi_key key;
	const struct plan *plan;
	struct secret passphrase, pmk;
	int vlan;
};

struct job {
	struct call *c;
	const struct network *network;
	const struct zone *zone;
	const char *group;
	struct plan *plans;
	size_t nplans;
	struct row *row; /* sorted by id, as they came */
	size_t n;
	enum export_form form;
	struct buf *out;
	uint8_t vlans[VLAN_MAX / 8 + 1];
};

static inline void
job_own(struct job *j)
{
	if (j->row)
		secret_wipe(j->row, EXPORT_KEYS_MAX * sizeof(*j->row));
	free(j->row);
}

static const struct plan *
plan_of(const struct job *j, const struct uid *id)
{
	for (size_t i = 0; i < j->nplans; i++)
		if (uid_same(&j->plans[i].id, id))
			return &j->plans[i];
	return NULL;
}

/* What the responder would say, as far as no device is known. */
static bool
good(const struct job *j, const struct world_key *k, const struct plan *p)
{
	struct schedule hours;
	struct join join = {.key_state = k->key.state,
	    .not_before = k->key.not_before,
	    .not_after = k->key.not_after,
	    .person_state = k->usable ? PERSON_ACTIVE : PERSON_SUSPENDED,
	    .schedule = &hours,
	    .offset = zone_offset,
	    .zone = j->zone,
	    .now = j->c->now};

	return schedule_parse(p->schedule, &hours, NULL) == ERR_OK &&
	       policy_key(&join) == VERDICT_OK &&
	       (j->group[0] == '\0' ||
		   policy_in_groups(p->ap_groups, j->group));
}

static bool
wanted(void *ctx, const struct world_key *k)
{
	const struct job *j = ctx;
	const struct plan *p = plan_of(j, &k->key.plan);

	return p != NULL && uid_same(&k->key.network, &j->network->id) &&
	       good(j, k, p);
}

static enum err
take(void *ctx, const struct world_key *k)
{
	struct job *j = ctx;
	const struct plan *p = plan_of(j, &k->key.plan);
	struct row *r;

	if (p == NULL) /* which wanted() lets nothing through without */
		return ERR_INTERNAL;
	if (j->n == EXPORT_KEYS_MAX)
		return ERR_LIMIT;
	r = &j->row[j->n++];
	*r = (struct row){.id = k->key.id,
	    .key = k->key,
	    .plan = p,
	    .passphrase = k->passphrase,
	    .pmk = k->pmk,
	    .vlan = k->vlan ? k->vlan : p->vlan};
	if (r->vlan >= VLAN_MIN && r->vlan <= VLAN_MAX)
		j->vlans[r->vlan / 8] |= (uint8_t)(1 << r->vlan % 8);
	return ERR_OK;
}

static void
psk_line(struct job *j, const struct row *r, const char *mac)
{
	char hex[65];

	buf_printf(j->out, "keyid=%s ", r->id.s);
	if (r->vlan)
		buf_printf(j->out, "vlanid=%d ", r->vlan);
	text_to_hex(r->pmk.b, r->pmk.len, hex);
	buf_printf(j->out, "%s %s\n", mac, hex);
	secret_wipe(hex, sizeof(hex));
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(
	    ((const struct row *)a)->id.s, ((const struct row *)b)->id.s);
}

/* Devices come after all keys: these are sorted by then. */
static enum err
device(void *ctx, const struct device *d)
{
	struct job *j = ctx;
	struct row want = {.id = d->key}, *r;
	char mac[18];

	if (j->form != EXPORT_PSK_FILE || d->blocked)
		return ERR_OK;
	r = bsearch(&want, j->row, j->n, sizeof(want), by_id);
	if (r == NULL || r->plan->binding == BINDING_UNBOUND)
		return ERR_OK;
	(void)snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x",
	    d->mac.b[0], d->mac.b[1], d->mac.b[2], d->mac.b[3], d->mac.b[4],
	    d->mac.b[5]);
	psk_line(j, r, mac);
	return j->out->err;
}

/* --- the forms --- */

static void
psk_file(struct job *j)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->row[i].plan->binding == BINDING_UNBOUND)
			psk_line(j, &j->row[i], "00:00:00:00:00:00");
}

/* hostapd makes an interface for each; the name is its own choice. */
static void
vlan_file(struct job *j)
{
	for (int v = VLAN_MIN; v <= VLAN_MAX; v++)
		if (j->vlans[v / 8] & 1 << v % 8)
			buf_printf(j->out, "%d vlan%d\n", v, v);
}

static void
time_put(struct buf *out, int64_t at, char after)
{
	char text[CLOCK_TEXT] = "";

	if (at)
		clock_text(at, text);
	csv_put(out, text, after);
}

static enum err
csv_line(struct job *j, const struct row *r)
{
	struct person p = {.name = ""};
	char vlan[16] = "";
	enum err e = ERR_OK;

	if (!uid_is_none(&r->key.person))
		e = row_get(j->c->store, &person_rows, &r->key.person, &p);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (r->vlan)
		(void)snprintf(vlan, sizeof(vlan), "%d", r->vlan);
	csv_put(j->out, r->id.s, ',');
	csv_put(j->out, p.name, ',');
	csv_put(j->out, r->key.name, ',');
	csv_put(j->out, j->network->ssid, ',');
	csv_put(j->out, secret_text(&r->passphrase), ',');
	csv_put(j->out, vlan, ',');
	csv_put(j->out, r->plan->name, ',');
	time_put(j->out, r->key.not_before, ',');
	time_put(j->out, r->key.not_after, '\n');
	return j->out->err;
}

static enum err
csv(struct job *j)
{
	static const char *const names[] = {"keyid", "person", "name", "ssid",
	    "passphrase", "vlan", "plan", "not_before", "not_after"};
	size_t n = sizeof(names) / sizeof(*names);
	enum err e;

	for (size_t i = 0; i < n; i++)
		csv_put(j->out, names[i], i + 1 < n ? ',' : '\n');
	for (size_t i = 0; i < j->n; i++)
		if ((e = csv_line(j, &j->row[i])))
			return e;
	return ERR_OK;
}

static enum err
write_out(struct job *j)
{
	switch (j->form) {
	case EXPORT_PSK_FILE:
		psk_file(j);
		break;
	case EXPORT_VLAN_FILE:
		vlan_file(j);
		break;
	case EXPORT_CSV:
		return csv(j);
	}
	return j->out->err;
}

bool
export_form_parse(const char *word, enum export_form *out)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(word, words[i]) == 0) {
			*out = (enum export_form)i;
			return true;
		}
	return false;
}

static enum err
record(
    struct call *c, const struct uid *network, enum export_form form, size_t n)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "form", words[form]);
	detail_int(&d, "keys", (int64_t)n);
	if ((e = act_begin(c, &tx)) ||
	    (e = act_record(c, "key.export", NOUN_NETWORK, network, &d)))
		return e;
	return act_end(c, &tx);
}

static enum err
load(struct job *j, struct call *machine)
{
	struct world_visitor keys = {.ctx = j, .want = wanted, .key = take};
	struct world_visitor devices = {.ctx = j, .device = device};
	int64_t position;
	enum err e;

	if ((j->row = calloc(EXPORT_KEYS_MAX, sizeof(*j->row))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = world_load(machine, &keys, &position)))
		return e;
	qsort(j->row, j->n, sizeof(*j->row), by_id);
	return world_load(machine, &devices, &position);
}

enum err
export_keys(struct call *c, const struct uid *network, const char *group,
    enum export_form form, struct buf *out, size_t *n)
{
	struct call machine = *c;
	struct network net;
	OWN(job)
	struct job j = {
	    .c = c, .network = &net, .group = group, .form = form, .out = out};
	enum err e;

	*n = 0;
	machine.actor.kind = ACTOR_SYSTEM;
	if ((e = act_need(c, ACT_ADMIN)) ||
	    (e = row_get(c->store, &network_rows, network, &net)) ||
	    (e = row_list(c->store, &plan_rows, SQL_PLAN_ALL, DB_NO_ARGS,
		 c->arena, &j.plans, &j.nplans)) ||
	    (e = zone_get(net.time_zone, &j.zone)))
		return e;
	if ((e = load(&j, &machine)) || (e = write_out(&j)) ||
	    (e = record(c, network, form, j.n))) {
		buf_clear(out);
		return e == ERR_LIMIT
			   ? why_set(&c->why, e, "",
				 "A file holds at most %d passwords; let the "
				 "access points ask instead.",
				 EXPORT_KEYS_MAX)
			   : e;
	}
	*n = j.n;
	return ERR_OK;
}
