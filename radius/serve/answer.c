#include "radius/serve/answer.h"

#include <string.h>

static void
join_fill(const struct answer *a, int64_t now, struct join *j)
{
	const struct plan *p = &a->plan->plan;
	int bound = atomic_load(&a->key->devices);
	bool mine = a->device != NULL && a->device->key == a->key;

	*j = (struct join){
	    .key_state = a->data->state,
	    .not_before = a->data->not_before,
	    .not_after = a->data->not_after,
	    .person_state = a->data->usable || a->data->state != KEY_ACTIVE
				? PERSON_ACTIVE
				: PERSON_SUSPENDED,
	    .schedule = a->plan->scheduled ? &a->plan->schedule : NULL,
	    .offset = zone_offset,
	    .zone = a->network->zone,
	    .ap_groups = p->ap_groups,
	    .binding = p->binding,
	    .cap_rule = p->cap_rule,
	    .devices_max =
		a->data->devices_max != 0 ? a->data->devices_max : p->devices,
	    .ap_group = a->ap->ap.group,
	    .device_known = mine,
	    .device_registered = mine && a->device->registered,
	    .device_blocked = a->device != NULL && a->device->blocked,
	    .devices_bound = bound - (mine ? 1 : 0),
	    .now = now,
	};
}

/* Decides for the key in A. */
static void
decide(const struct known *k, int64_t now, struct answer *a)
{
	struct join j;

	a->data = known_key_data(a->key);
	if (a->data == NULL ||
	    !uid_same(&a->data->network, &a->network->network.id)) {
		a->verdict = VERDICT_KEY_REVOKED;
		return;
	}
	if ((a->plan = known_plan(k, &a->data->plan)) == NULL) {
		a->verdict = VERDICT_NO_KEY;
		a->detail = "the plan of the key is gone";
		return;
	}
	join_fill(a, now, &j);
	if ((a->verdict = policy_decide(&j)) == VERDICT_OK)
		a->until = policy_until(&j);
}

static void
start(const struct known *k, const struct known_ap *ap, const struct ask *ask,
    struct answer *out)
{
	*out = (struct answer){.verdict = VERDICT_NO_NETWORK, .ap = ap};
	out->network = known_network(k, ask->ssid, ask->ssid_len);
	if (out->network == NULL)
		return;
	out->verdict = VERDICT_NOT_BOUND;
	out->device = known_device(k, &out->network->network.id, &ask->station);
}

static bool
proves(const struct answer *a, const struct key_data *d)
{
	return d != NULL && match_verify(&a->handshake, d->pmk);
}

/* Reads the handshake; false, with the reason, when it is of no use. */
static bool
read_handshake(const struct ask *ask, struct answer *a)
{
	enum handshake_trouble t = HANDSHAKE_NOT_MESSAGE2;

	if (ask->has_bssid)
		t = handshake_read(ask->akm, ask->bssid.b, ask->station.b,
		    a->network->network.ssid, a->network->ssid_len, ask->anonce,
		    ask->eapol, ask->eapol_len, &a->handshake);
	if (t == HANDSHAKE_FINE)
		return true;
	a->verdict = VERDICT_NO_KEY;
	a->detail = ask->has_bssid ? handshake_trouble_text(t)
				   : "the access point's address is missing";
	return false;
}

void
answer_ask(const struct known *k, const struct known_ap *ap,
    const struct ask *ask, int64_t now, struct answer *out)
{
	start(k, ap, ask, out);
	if (out->network == NULL)
		return;
	if (ask->handshake && !read_handshake(ask, out))
		return;
	if (out->device != NULL)
		out->key = known_key_of(out->device);
	if (out->key != NULL &&
	    (!ask->handshake || proves(out, known_key_data(out->key)))) {
		decide(k, now, out);
		return;
	}
	out->search = ask->handshake;
	out->key = NULL;
	if (!ask->handshake && ask->probe && out->device == NULL) {
		out->probe = true;
		out->verdict = VERDICT_OK;
	}
}

/* Its password may be another since; what ended since, the policy says. */
static bool
still(const struct ask *ask, struct answer *a)
{
	const struct key_data *d = known_key_data(a->key);

	return d == NULL || (read_handshake(ask, a) && proves(a, d));
}

void
answer_found(struct known *k, const struct known_ap *ap, const struct ask *ask,
    const struct uid *key, int64_t now, struct answer *out)
{
	start(k, ap, ask, out);
	if (out->network == NULL)
		return;
	out->verdict = out->device == NULL ? VERDICT_NO_KEY : VERDICT_WRONG_KEY;
	if (key == NULL)
		return;
	/* one at a time, so that no two devices get the last place */
	known_lock(k);
	out->device = known_device(k, &out->network->network.id, &ask->station);
	out->key = known_key(k, key);
	if (out->key != NULL && !still(ask, out))
		out->key = NULL;
	if (out->key != NULL)
		decide(k, now, out);
	if (out->verdict == VERDICT_OK &&
	    (out->device == NULL || out->device->key != out->key))
		out->bind = known_bind(k, &out->network->network.id,
				&ask->station, key, now) == ERR_OK;
	known_unlock(k);
}

/* RFC 2865 5.27: seconds the service lasts; at least one. */
static int64_t
session_timeout(int64_t until, int64_t now)
{
	if (until == 0)
		return 0;
	return until <= now ? 1 : until - now;
}

static void
write_accept(
    struct reply *r, const struct answer *a, const struct ask *ask, int64_t now)
{
	OWN(secret) struct secret passphrase = SECRET_NONE;
	const struct plan *p = &a->plan->plan;
	struct grant g = {
	    .passphrase = &passphrase,
	    .pmk = a->data->pmk,
	    .vlan = a->data->vlan != 0 ? a->data->vlan : p->vlan,
	    .role = p->role[0] != '\0' ? p->role : NULL,
	    .acl = p->acl[0] != '\0' ? p->acl : NULL,
	    .rate_down = p->rate_down,
	    .rate_up = p->rate_up,
	    .session_timeout = session_timeout(a->until, now),
	    .user_name = a->data->person[0] != '\0' ? a->data->person : NULL,
	    .cui = a->key->id.s,
	    .class_ = a->key->id.s,
	};

	if (secret_set(
		&passphrase, a->data->passphrase, a->data->passphrase_len))
		return; /* the record's array is shorter than any secret */
	a->ap->maker->accept(r, ask, &g);
}

enum err
answer_write(const struct answer *a, const struct ask *ask,
    const struct packet *request, const struct shared *shared, uint16_t salt,
    int64_t now, uint8_t *out, struct sign_reply *reply)
{
	bool yes = a->verdict == VERDICT_OK;
	const struct maker *m = a->ap->maker;
	struct reply r;

	reply_start(&r, out, REPLY_MAX,
	    yes ? PACKET_ACCESS_ACCEPT : PACKET_ACCESS_REJECT, request, shared,
	    salt);
	reply_proxy_states(&r, request);
	if (yes && !a->probe)
		write_accept(&r, a, ask, now);
	else if (!yes && m->reject != NULL)
		m->reject(&r, ask);
	return reply_close(&r, reply);
}
