#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "radius/serve/nas.h"
#include "radius/serve/receiver.h"
#include "radius/serve/scribe.h"
#include "radius/serve/search.h"

/* For machines that want to know. */
static void
tell(struct receiver *r, const struct reason *why)
{
	struct refused_device d = {.mac = why->station,
	    .why = verdict_word(why->verdict),
	    .text = verdict_text(why->verdict),
	    .key = why->key,
	    .at = why->at};

	text_copy(d.network, sizeof(d.network), why->network);
	text_copy(d.ap, sizeof(d.ap), why->ap);
	scribe_refused(r->st->scribe, &d);
}

/* Remembers why, for `latchkey ap why`. */
static void
explain(struct receiver *r, const struct arrival *a, const struct ask *ask,
    const struct answer *x)
{
	struct reason why = {.at = a->now,
	    .station = ask->station,
	    .verdict = x->verdict,
	    .detail = x->detail};

	if (x->network != NULL)
		memcpy(
		    why.network, x->network->network.ssid, sizeof(why.network));
	else
		memcpy(why.network, ask->ssid,
		    ask->ssid_len < SSID_MAX ? ask->ssid_len : SSID_MAX);
	text_copy(why.ap, sizeof(why.ap), a->ap->ap.name);
	if (x->key != NULL)
		why.key = x->key->id;
	reasons_add(r->st->reasons, &why);
	tell(r, &why);
}

/* Where a device is, short enough to be kept with it: the access point and,
 * where one stands for many, which. Never 0; the same in every process. */
static uint32_t
site(const struct arrival *a, const struct ask *ask)
{
	uint64_t part[4] = {0}, h = 0;

	memcpy(part, a->ap->ap.id.s, 3 * sizeof(part[0]));
	if (ask->has_bssid)
		memcpy(&part[3], ask->bssid.b, sizeof(ask->bssid.b));
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		h = ((h << 29 | h >> 35) ^ part[i]) * 0x9e3779b97f4a7c15;
	return (uint32_t)(h >> 32) | 1;
}

/* It moved, or was not written down for a while. Where it is when that was not
 * kept (the snapshot was lost) is where it was written last. */
static bool
is_news(struct known_device *d, int64_t now, uint32_t where)
{
	uint32_t was;

	/* before that as well: the clock was wrong then */
	if (d == NULL ||
	    llabs(now - atomic_load(&d->last_seen)) >= SCRIBE_SEEN_SECONDS)
		return true;
	if ((was = atomic_load(&d->site)) == 0)
		atomic_store(&d->site, where);
	return was != 0 && was != where;
}

/* A device that joined is written down: at once when it is new or elsewhere,
 * else now and then. */
static void
remember(struct receiver *r, const struct arrival *a, const struct ask *ask,
    const struct answer *x)
{
	const struct uid *net = &x->network->network.id;
	struct known_device *d =
	    x->bind ? known_device(a->known, net, &ask->station) : x->device;
	uint32_t now = (uint32_t)a->now, where = site(a, ask);
	struct seen_device seen;

	if (!x->bind && !is_news(d, a->now, where))
		return;
	seen = (struct seen_device){.network = *net,
	    .key = x->key->id,
	    .mac = ask->station,
	    .at = a->now,
	    .ap = a->ap->ap.id};
	nas_exact(&a->packet, ATTR_ACCT_SESSION_ID, seen.session,
	    sizeof(seen.session));
	nas_exact(
	    &a->packet, ATTR_NAS_IDENTIFIER, seen.nas_id, sizeof(seen.nas_id));
	nas_exact(&a->packet, ATTR_CALLED_STATION_ID, seen.called,
	    sizeof(seen.called));
	nas_address(&a->packet, seen.nas_ip);
	if (scribe_device(r->st->scribe, &seen) && d != NULL) {
		atomic_store(&d->last_seen, now);
		atomic_store(&d->site, where);
	}
}

static void
send_answer(struct receiver *r, struct arrival *a, const struct ask *ask,
    const struct answer *x)
{
	uint8_t *out = receiver_room(r);
	bool yes = x->verdict == VERDICT_OK;
	struct sign_reply reply;

	if (answer_write(x, ask, &a->packet, a->shared, receiver_salt(r),
		a->now, out, &reply)) {
		receiver_drop(r, a, COUNT_TOO_BIG);
		return;
	}
	count_add(r->counts, yes ? COUNT_ACCEPTS : COUNT_REJECTS, 1);
	if (!x->probe) /* which proves nothing */
		known_ap_did(a->ap, yes ? AP_ACCEPTED : AP_REFUSED, a->now);
	course_answer(r->course, a->now, x->verdict);
	if (!yes)
		explain(r, a, ask, x);
	else if (!x->probe)
		remember(r, a, ask, x);
	receiver_answer(r, a, &reply);
}

/* --- searches ---------------------------------------------------------------
 */

static uint64_t
handshake_hash(const struct receiver *r, const struct ask *ask)
{
	uint8_t out[HASH_LEN];
	uint64_t h = 0;

	if (hash_hmac(r->hash_key, sizeof(r->hash_key),
		HASH_PARTS({ask->station.b, 6}, {ask->bssid.b, 6},
		    {ask->ssid, ask->ssid_len},
		    {ask->anonce, sizeof(ask->anonce)},
		    {ask->eapol, ask->eapol_len}),
		out) == ERR_OK)
		memcpy(&h, out, sizeof(h));
	return h;
}

static struct fruitless *
fruitless(struct receiver *r, uint64_t handshake)
{
	return &r->fruitless[handshake % FRUITLESS_MAX];
}

static uint64_t
ap_hash(const struct arrival *a)
{
	return table_hash(a->ap->ap.id.s, UID_LEN);
}

/* Each device of each access point has its own. */
static uint64_t
device_hash(const struct arrival *a, const struct ask *ask)
{
	return table_hash(ask->station.b, 6) ^ ap_hash(a) * 3;
}

/* May it be searched for in all keys, or only in the likely ones? */
static bool
whole_search(struct receiver *r, const struct arrival *a, const struct ask *ask)
{
	if (!search_affordable(r->st->search, false, a->mono)) {
		count_add(r->counts, COUNT_BUDGET_TOTAL, 1);
		return false;
	}
	/* Of both or of none: the place of a device is that of others, too. */
	if (!budget_has(&r->ap, ap_hash(a), a->mono)) {
		count_add(r->counts, COUNT_BUDGET_AP, 1);
		return false;
	}
	if (!budget_take(&r->device, device_hash(a, ask), a->mono)) {
		count_add(r->counts, COUNT_BUDGET_DEVICE, 1);
		return false;
	}
	return budget_take(&r->ap, ap_hash(a), a->mono);
}

static void
start_search(struct receiver *r, struct arrival *a, const struct answer *x)
{
	uint64_t hash = handshake_hash(r, &r->ask);
	const struct fruitless *f = fruitless(r, hash);
	struct job *job;
	bool likely;

	if (f->handshake == hash && f->until > a->mono &&
	    f->gained == atomic_load(&a->known->gained)) {
		struct answer no = *x;

		no.verdict =
		    x->device == NULL ? VERDICT_NO_KEY : VERDICT_WRONG_KEY;
		count_add(r->counts, COUNT_SEARCH_REMEMBERED, 1);
		send_answer(r, a, &r->ask, &no);
		return;
	}
	likely = !whole_search(r, a, &r->ask);
	if (likely && !search_affordable(r->st->search, true, a->mono)) {
		receiver_complain(r, COMPLAIN_BUDGET, "radius.budget", a);
		dups_forget(r->dups, a->ref);
		return;
	}
	if ((job = receiver_job(r, a)) == NULL)
		return;
	job->ask = r->ask;
	job->handshake = hash;
	job->gained = atomic_load(&a->known->gained);
	job->likely_only = likely;
	count_add(r->counts, COUNT_SEARCHES, 1);
	receiver_hand(r, a, job, search_queue(r->st->search, job));
}

void
auth_done(struct receiver *r, struct arrival *a, struct job *job)
{
	const struct uid *key = job->found ? &job->key : NULL;
	struct answer x;

	count_add(
	    r->counts, COUNT_SEARCH_MICROSECONDS, (uint64_t)job->spent / 1000);
	course_search(r->course, a->now, (uint64_t)job->spent / 1000);
	if (!job->found && job->partial) {
		/* Not looked for everywhere: no answer is better than a wrong
		 * one, and the access point asks again. */
		receiver_complain(r, COMPLAIN_BUDGET, "radius.budget", a);
		dups_forget(r->dups, a->ref);
		return;
	}
	count_add(r->counts, COUNT_SEARCH_FOUND, job->found);
	if (!job->found)
		*fruitless(r, job->handshake) = (struct fruitless){
		    .handshake = job->handshake,
		    .gained = job->gained,
		    .until = a->mono + (int64_t)FRUITLESS_SECONDS * 1000000000};
	answer_found(a->known, a->ap, &job->ask, key, a->now, &x);
	send_answer(r, a, &job->ask, &x);
}

/* An access point that asks for one unknown address after the other is
 * looking for keys. */
static bool
too_curious(struct receiver *r, const struct arrival *a, const struct answer *x)
{
	if (x->verdict != VERDICT_NOT_BOUND ||
	    budget_take(&r->unknown, ap_hash(a), a->mono))
		return false;
	receiver_complain(r, COMPLAIN_BUDGET, "radius.curious", a);
	return true;
}

void
auth_request(struct receiver *r, struct arrival *a)
{
	struct answer x;

	count_add(r->counts, COUNT_REQUESTS, 1);
	if (maker_ask_of(&a->packet, a->near ? &a->station : NULL, &r->ask)) {
		known_ap_did(a->ap, AP_STRANGE, a->now);
		receiver_drop(r, a, COUNT_NO_STATION);
		return;
	}
	answer_ask(a->known, a->ap, &r->ask, a->now, &x);
	if (x.search)
		start_search(r, a, &x);
	else if (too_curious(r, a, &x))
		receiver_drop(r, a, COUNT_BUDGET_UNKNOWN);
	else
		send_answer(r, a, &r->ask, &x);
}
