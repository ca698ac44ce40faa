#include "core/service/export.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/policy.h"
#include "core/model/zone.h"
#include "core/service/act.h"
#include "core/service/world.h"

struct job {
	struct call *c;
	const struct network *network;
	const struct zone *zone;
	const char *group;
	struct plan *plans;
	size_t nplans, n;
	struct buf *out;
};

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
	       p->binding == BINDING_UNBOUND &&
	       (j->group[0] == '\0' ||
		   policy_in_groups(p->ap_groups, j->group));
}

static enum err
line(void *ctx, const struct world_key *k)
{
	struct job *j = ctx;
	const struct plan *p = plan_of(j, &k->key.plan);
	char hex[65];
	int vlan;

	if (p == NULL || !uid_same(&k->key.network, &j->network->id) ||
	    !good(j, k, p))
		return ERR_OK;
	if (++j->n > EXPORT_KEYS_MAX)
		return ERR_LIMIT;
	vlan = k->vlan ? k->vlan : p->vlan;
	buf_printf(j->out, "keyid=%s ", k->key.id.s);
	if (vlan)
		buf_printf(j->out, "vlanid=%d ", vlan);
	text_to_hex(k->pmk.b, k->pmk.len, hex);
	buf_printf(j->out, "00:00:00:00:00:00 %s\n", hex);
	secret_wipe(hex, sizeof(hex));
	return j->out->err;
}

static enum err
record(struct call *c, const struct uid *network, size_t n)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "form", "psk-file");
	detail_int(&d, "keys", (int64_t)n);
	if ((e = act_begin(c, &tx)) ||
	    (e = act_record(c, "key.export", NOUN_NETWORK, network, &d)))
		return e;
	return act_end(c, &tx);
}

enum err
export_psk_file(struct call *c, const struct uid *network, const char *group,
    struct buf *out, size_t *n)
{
	struct call machine = *c;
	struct network net;
	struct job j = {.c = c, .network = &net, .group = group, .out = out};
	struct world_visitor v = {.ctx = &j, .key = line};
	int64_t position;
	enum err e;

	*n = 0;
	machine.actor.kind = ACTOR_SYSTEM;
	if ((e = act_need(c, ACT_ADMIN)) ||
	    (e = row_get(c->store, &network_rows, network, &net)) ||
	    (e = row_list(c->store, &plan_rows, SQL_PLAN_ALL, DB_NO_ARGS,
		 c->arena, &j.plans, &j.nplans)) ||
	    (e = zone_get(net.time_zone, &j.zone)))
		return e;
	if ((e = world_load(&machine, &v, &position)) ||
	    (e = record(c, network, j.n))) {
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
