#include "radius/serve/feed.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "radius/serve/confine.h"
#include "radius/serve/link.h"
#include "radius/serve/snapshot.h"

struct feed {
	struct state *st;
	struct link link;
	pthread_t thread;
	int64_t pulse;
	bool pulse_known, loaded; /* loaded: all that the store had */
	struct world_mark mark;   /* of the store it is from */
	char key[RING_ID_TEXT];   /* that sealed when it was loaded */
	bool dirty;
	int64_t saved; /* monotonic */
};

/* --- everything --------------------------------------------------------------
 */

static enum err
on_many(void *ctx, size_t keys, size_t devices)
{
	return known_reserve(ctx, keys, devices);
}

static enum err
on_network(void *ctx, const struct network *n)
{
	return known_put_network(ctx, n);
}

static enum err
on_plan(void *ctx, const struct plan *p)
{
	return known_put_plan(ctx, p);
}

static enum err
on_ap(void *ctx, const struct world_ap *a)
{
	return known_put_ap(ctx, a);
}

static enum err
on_key(void *ctx, const struct world_key *w)
{
	enum err e = known_put_key(ctx, w);

	if (e == ERR_OK)
		known_over(ctx, &w->key.id, clock_now());
	return e;
}

static enum err
on_device(void *ctx, const struct device *d)
{
	return known_put_device(ctx, d);
}

static void
free_known(void *p)
{
	known_free(p);
}

static enum err
load(struct feed *f)
{
	struct known *k = known_new(f->st->epoch), *was;
	const struct world_visitor v = {.ctx = k,
	    .many = on_many,
	    .network = on_network,
	    .plan = on_plan,
	    .ap = on_ap,
	    .key = on_key,
	    .device = on_device};
	int64_t position = 0, from = clock_mono();
	enum err e;

	if (k == NULL)
		return ERR_NO_MEMORY;
	if ((e = world_load(link_call(&f->link), &v, &position)) ||
	    (e = known_settle(k))) {
		known_free(k);
		return e;
	}
	was = state_known(f->st);
	known_inherit(k, was);
	k->position = position;
	k->lost = was->lost + 1;
	k->gained = was->gained + 1;
	atomic_store(&f->st->known, k);
	epoch_retire(f->st->epoch, was, free_known);
	LOG(INFO, "radius.loaded", LOG_I("keys", k->live),
	    LOG_I("devices", k->devices.count),
	    LOG_I("aps", k->aps_by_id.count),
	    LOG_I("ms", (clock_mono() - from) / 1000000));
	f->loaded = f->dirty = true;
	return world_mark(link_call(&f->link), &f->mark);
}

/* --- one change --- */

/* Gone, or damaged for good: as when all is loaded, it is not known then, and
 * what was changed after it is not kept waiting. */
static bool
of_no_use(enum err e)
{
	return e == ERR_NOT_FOUND || e == ERR_CORRUPT || e == ERR_TOO_BIG;
}

/* Of a key that was forgotten and is good again. */
static enum err
devices_again(struct feed *f, struct known *k, const struct uid *key)
{
	struct device *d = NULL;
	size_t n = 0;
	enum err e = world_devices_of(&f->link.call, key, &d, &n);

	for (size_t i = 0; e == ERR_OK && i < n; i++)
		e = known_put_device(k, &d[i]);
	return e;
}

static enum err
key_again(struct feed *f, struct known *k, const struct uid *id)
{
	const struct known_key *key = known_key(k, id);
	bool known = key != NULL && known_key_data(key) != NULL;
	struct world_key w = {.usable = false};
	enum err e = world_key_get(&f->link.call, id, &w);

	if (e == ERR_OK) {
		e = on_key(k, &w);
		if (e == ERR_OK && !known && w.key.version > 1)
			e = devices_again(f, k, id);
	} else if (of_no_use(e)) {
		known_drop(k, NOUN_KEY, id);
		e = ERR_OK;
	}
	secret_wipe(&w, sizeof(w));
	return e;
}

static enum err
person_again(struct feed *f, struct known *k, const struct uid *id)
{
	struct uid *keys = NULL;
	size_t n = 0;
	enum err e = world_keys_of(&f->link.call, id, &keys, &n);

	for (size_t i = 0; e == ERR_OK && i < n; i++)
		e = key_again(f, k, &keys[i]);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err
ap_again(struct feed *f, struct known *k, const struct uid *id)
{
	struct world_ap w = {.ap = {.ma = MA_REQUIRE}};
	enum err e = world_ap_get(&f->link.call, id, &w);

	if (e == ERR_OK)
		e = known_put_ap(k, &w);
	secret_wipe(&w, sizeof(w));
	return e;
}

#define AGAIN(thing)                                                           \
	static enum err thing##_again(                                         \
	    struct feed *f, struct known *k, const struct uid *id)             \
	{                                                                      \
		struct thing t;                                                \
		enum err e = world_##thing(&f->link.call, id, &t);             \
		return e ? e : known_put_##thing(k, &t);                       \
	}
AGAIN(network)
AGAIN(plan)
AGAIN(device)

static enum err
again(struct feed *f, struct known *k, const struct change *c)
{
	switch (c->noun) {
	case NOUN_KEY:
		return key_again(f, k, &c->id);
	case NOUN_PERSON:
		return person_again(f, k, &c->id);
	case NOUN_AP:
		return ap_again(f, k, &c->id);
	case NOUN_NETWORK:
		return network_again(f, k, &c->id);
	case NOUN_PLAN:
		return plan_again(f, k, &c->id);
	case NOUN_DEVICE:
		return device_again(f, k, &c->id);
	case NOUN_STORE:
		f->loaded = false;
		return ERR_OK;
	case NOUN_UNIT:
	case NOUN_RULE:
	case NOUN_VISIT:
	case NOUN_PASS:
	case NOUN_SESSION:
	case NOUN_TOKEN:
	case NOUN_GROUP:
	case NOUN_WEBHOOK:
	case NOUN_OUTBOX:
	case NOUN_ROTATION:
		return ERR_OK;
	}
	return ERR_OK;
}

static enum err
apply(struct feed *f, struct known *k, const struct change *c)
{
	enum err e;

	known_lock(k);
	e = again(f, k, c);
	if (of_no_use(e)) {
		known_drop(k, c->noun, &c->id);
		e = ERR_OK;
	}
	known_unlock(k);
	return e;
}

/* Applies what came after the position; *MORE when there may be more. */
static enum err
catch_up(struct feed *f, bool *more)
{
	struct known *k = state_known(f->st);
	struct change *c = NULL;
	size_t n = 0;
	enum err e;

	e = feed_read(link_call(&f->link), k->position, FEED_BATCH, &c, &n);
	if (e == ERR_NOT_FOUND)
		return load(f);
	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		e = apply(f, k, &c[i]);
		if (e == ERR_OK)
			k->position = c[i].seq;
	}
	known_lock(k);
	if (known_settle(k) && e == ERR_OK)
		e = ERR_NO_MEMORY;
	known_unlock(k);
	f->dirty |= n > 0;
	*more = n == FEED_BATCH;
	return e;
}

/* A new master key: what could not be opened for want of it can be now, and
 * the snapshot is for the new one only. */
static void
note_key(struct feed *f)
{
	const char *newest = ring_newest(f->st->ring);

	if (f->key[0] != '\0' && strcmp(f->key, newest) != 0)
		f->loaded = f->pulse_known = false;
	text_copy(f->key, sizeof(f->key), newest);
}

static enum err
look(struct feed *f)
{
	int64_t pulse = 0;
	bool more = true;
	enum err e;

	note_key(f);
	if (!f->loaded && (e = load(f)))
		return e;
	if ((e = feed_pulse(link_call(&f->link), &pulse)))
		return e;
	if (f->pulse_known && pulse == f->pulse)
		return ERR_OK;
	while (more && !f->st->stop)
		if ((e = catch_up(f, &more)))
			return e;
	if ((e = world_mark(link_call(&f->link), &f->mark)))
		return e;
	f->pulse = pulse;
	f->pulse_known = true;
	return ERR_OK;
}

/* --- the thread --- */

static void
save(struct feed *f, bool now)
{
	int64_t mono = clock_mono();

	if (!f->dirty ||
	    (!now &&
		mono - f->saved < (int64_t)FEED_SNAPSHOT_SECONDS * 1000000000))
		return;
	f->saved = mono;
	f->dirty = snapshot_save(f->st, state_known(f->st), &f->mark) != ERR_OK;
}

static void
rest(int64_t ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&t, NULL);
}

/* A store that is new here: is it the one that all is from? Then what came
 * since is enough. */
static enum err
meet(struct feed *f)
{
	bool same = false;
	enum err e = world_same(link_call(&f->link), &f->mark, &same);

	f->pulse_known = false;
	f->loaded = f->loaded && e == ERR_OK && same;
	return e;
}

static void *
work(void *arg)
{
	struct feed *f = arg;
	bool confined = false;

	while (!atomic_load(&f->st->stop)) {
		bool was_up = f->link.store != NULL;

		confine_self(f->st, &confined, CONFINE_STORE);
		if (link_up(&f->link)) {
			enum err e;

			/* It may be another store than before. */
			e = was_up ? ERR_OK : meet(f);
			if (e == ERR_OK)
				e = look(f);

			link_after(&f->link, e, "radius.feed");
			if (e)
				f->pulse_known = false;
		}
		save(f, false);
		rest(f->st->conf->radius.feed_poll);
	}
	save(f, true);
	link_close(&f->link);
	return NULL;
}

struct feed *
feed_start(struct state *st)
{
	struct feed *f = calloc(1, sizeof(*f));
	struct known *k = known_new(st->epoch);

	if (f == NULL || k == NULL) {
		free(f);
		known_free(k);
		return NULL;
	}
	f->st = st;
	f->link = link_new(st);
	f->loaded = true;
	if (snapshot_load(st, k, &f->mark) != ERR_OK) {
		f->loaded = false;
		known_free(k);
		if ((k = known_new(st->epoch)) == NULL) {
			free(f);
			return NULL;
		}
	}
	st->snapshot_used = k->position > 0;
	f->saved = clock_mono() - (int64_t)FEED_SNAPSHOT_SECONDS * 1000000000;
	atomic_store(&st->known, k);
	if (pthread_create(&f->thread, NULL, work, f) == 0)
		return f;
	free(f);
	return NULL;
}

void
feed_stop(struct feed *f)
{
	if (f == NULL)
		return;
	(void)pthread_join(f->thread, NULL);
	free(f);
}
