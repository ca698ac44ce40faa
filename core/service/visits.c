/*
 * Accounting: visits from reports that come repeated, late and out of order.
 *
 * A visit is the least start, the latest report, the largest counters and, if
 * there was one, the reported end of all its reports, so their order does not
 * matter. A restart of the access point ends what was not heard of since
 * (RFC 2866 5.1).
 */
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/quotas.h"
#include "core/service/world.h"

enum {
	PAST_MAX = 30 * 86400, /* older reports count as this old */
	CAUSE_NAS_REBOOT = 11, /* RFC 2866 5.10 */
};

static int64_t
most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Clocks of access points are not to be believed. */
static int64_t
bounded(const struct call *c, int64_t at)
{
	if (at > c->now)
		return c->now;
	return most(at, c->now - PAST_MAX);
}

static enum err
restarted(struct call *c, const struct visit_report *r, int64_t at)
{
	enum err e;

	if ((e = store_run(c->store, SQL_RESTART_SET,
		 DB_ARGS(DB_TEXT(r->ap.s), DB_TEXT(r->nas), DB_INT(at)), NULL)))
		return e;
	return store_run(c->store, SQL_VISIT_CLOSE_NAS,
	    DB_ARGS(DB_TEXT(r->ap.s), DB_TEXT(r->nas), DB_INT(at),
		DB_INT(CAUSE_NAS_REBOOT)),
	    NULL);
}

static enum err
restart_of(struct call *c, const struct visit_report *r, int64_t *at)
{
	enum err e = store_number(c->store, SQL_RESTART_GET,
	    DB_ARGS(DB_TEXT(r->ap.s), DB_TEXT(r->nas)), at);

	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* The device of the report, if it is known; zero otherwise. */
static enum err
device_of(struct call *c, const struct visit_report *r, struct device *d)
{
	char mac[MAC_TEXT];
	enum err e;

	mac_text(&r->mac, mac);
	e = row_one(c->store, &device_rows, SQL_DEVICE_AT,
	    DB_ARGS(DB_TEXT(r->network.s), DB_TEXT(mac)), d);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

struct stored {
	struct visit v;
	bool known, reported;
};

static enum err
find(struct call *c, const struct visit_report *r, struct stored *s)
{
	OWN(db_rows) struct db_rows rows = DB_ROWS_NONE;
	char mac[MAC_TEXT];
	int at = 0;
	enum err e;

	*s = (struct stored){.known = false};
	mac_text(&r->mac, mac);
	e = db_one(c->store->db, SQL_VISIT_AT,
	    DB_ARGS(DB_TEXT(r->ap.s), DB_TEXT(r->nas), DB_TEXT(r->session),
		DB_TEXT(mac)),
	    &rows);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e || (e = row_read(&visit_rows, &rows, &at, &s->v)))
		return e;
	s->known = true;
	s->reported = db_int(&rows, at) != 0;
	return ERR_OK;
}

static void
merge(
    struct stored *s, const struct visit_report *r, int64_t at, int64_t restart)
{
	struct visit *v = &s->v;

	v->start = v->start && v->start < at ? v->start : at;
	v->last = most(v->last, at);
	v->octets_in = most(v->octets_in, r->octets_in);
	v->octets_out = most(v->octets_out, r->octets_out);
	if (r->event == VISIT_STOP) {
		if (!s->reported || at > v->stop ||
		    (at == v->stop && r->stop_cause > v->stop_cause)) {
			v->stop = at;
			v->stop_cause = r->stop_cause;
		}
		s->reported = true;
	}
	/* in the second of a restart: what was there ended, what is new has
	 * begun */
	if (!s->reported && !(s->known && restart == v->last)) {
		v->stop = restart > v->last ? restart : 0;
		v->stop_cause = v->stop ? CAUSE_NAS_REBOOT : 0;
	}
}

static enum err
save(struct call *c, const struct visit_report *r, const struct stored *s)
{
	struct row_args a;

	row_args(&visit_rows, &s->v, &a);
	if (!s->known) {
		row_args_add(&a, DB_TEXT(r->nas));
		row_args_add(&a, ROW_ID(&r->network));
		row_args_add(&a, DB_TEXT(r->nas_id));
		row_args_add(&a, DB_TEXT(r->nas_ip));
		row_args_add(&a, DB_TEXT(r->called));
		row_args_add(&a, DB_TEXT(r->user));
	}
	row_args_add(&a, DB_INT(s->reported));
	return store_run(
	    c->store, s->known ? SQL_VISIT_SET : SQL_VISIT_ADD, a.v, NULL);
}

/* On the air with a key that is no good: an access point that remembered an
 * old answer let it in again. */
static enum err
trespass(struct call *c, const struct visit *v)
{
	bool good;
	enum err e;

	if (v->stop != 0 || uid_is_none(&v->key))
		return ERR_OK;
	if ((e = store_any(c->store, SQL_KEY_GOOD,
		 DB_ARGS(DB_TEXT(v->key.s), DB_INT(c->now)), &good)))
		return e;
	return good ? ERR_OK : disconnects_queue_device(c, &v->key, &v->mac);
}

/* User-Name, where it is the one we gave: a person with one password here. */
static enum err
key_of_user(struct call *c, const struct visit_report *r, struct uid *out)
{
	OWN(db_rows) struct db_rows rows = DB_ROWS_NONE;
	struct uid person;
	enum err e;

	*out = UID_NONE;
	if (!uid_parse(r->user, &person))
		return ERR_OK;
	e = db_one(c->store->db, SQL_KEY_ONLY_OF,
	    DB_ARGS(DB_TEXT(person.s), DB_TEXT(r->network.s)), &rows);
	if (e == ERR_OK && !uid_parse(db_text(&rows, 0), out))
		*out = UID_NONE;
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err
session(struct call *c, const struct visit_report *r, int64_t at)
{
	int64_t restart = 0, in, out;
	struct device d;
	struct stored s;
	bool key;
	enum err e;

	if ((e = find(c, r, &s)) || (e = restart_of(c, r, &restart)) ||
	    (e = device_of(c, r, &d)) ||
	    (e = store_any(
		 c->store, SQL_KEY_GET, DB_ARGS(DB_TEXT(r->key.s)), &key)))
		return e;
	in = s.v.octets_in;
	out = s.v.octets_out;
	if (!s.known) {
		s.v =
		    (struct visit){.id = uid_new(), .ap = r->ap, .mac = r->mac};
		text_copy(s.v.session, sizeof(s.v.session), r->session);
	}
	if (key)
		s.v.key = r->key;
	else if (uid_is_none(&s.v.key))
		s.v.key = d.key;
	if (uid_is_none(&s.v.key) && (e = key_of_user(c, r, &s.v.key)))
		return e;
	merge(&s, r, at, restart);
	if ((e = save(c, r, &s)) || (e = trespass(c, &s.v)) ||
	    (e = quotas_count(
		 c, &s.v.key, s.v.octets_in - in + s.v.octets_out - out)))
		return e;
	if (uid_is_none(&d.id))
		return ERR_OK;
	if ((e = store_run(c->store, SQL_DEVICE_SEEN,
		 DB_ARGS(DB_TEXT(d.id.s), DB_INT(at)), NULL)))
		return e;
	return store_run(c->store, SQL_DEVICE_OCTETS,
	    DB_ARGS(DB_TEXT(d.id.s), DB_INT(s.v.octets_in - in),
		DB_INT(s.v.octets_out - out)),
	    NULL);
}

static enum err
one(struct call *c, const struct visit_report *r)
{
	int64_t at = bounded(c, r->at);
	bool ap, network;
	struct visit_report known = *r;
	enum err e;

	if ((e = store_any(
		 c->store, SQL_AP_GET, DB_ARGS(DB_TEXT(r->ap.s)), &ap)) ||
	    (e = store_any(c->store, SQL_NETWORK_GET,
		 DB_ARGS(DB_TEXT(r->network.s)), &network)))
		return e;
	if (!ap)
		return ERR_OK; /* removed meanwhile */
	if (!network)
		known.network = UID_NONE;
	switch (r->event) {
	case VISIT_AP_ON:
	case VISIT_AP_OFF:
		return restarted(c, r, at);
	case VISIT_START:
	case VISIT_INTERIM:
	case VISIT_STOP:
		break;
	}
	return session(c, &known, at);
}

enum err
world_visits(struct call *c, const struct visit_report *r, size_t n)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = act_begin(c, &tx)))
		return e;
	for (size_t i = 0; i < n; i++) /* a damaged row is its own trouble */
		if ((e = one(c, &r[i])) && e != ERR_CORRUPT)
			return e;
	return act_end(c, &tx);
}
