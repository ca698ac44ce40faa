/* F-04, in the responder: every allocation fails once, nothing is half done,
 * nothing leaks, and it goes on when there is memory again. */
#include "tests/unit/responder.h"

#include "radius/serve/control.h"
#include "radius/serve/known_in.h"
#include "radius/serve/snapshot.h"
#include "tests/unit/starve.h"

static struct house h;
static struct state *st;

static struct network nets[2];
static struct plan plan;
static struct world_ap points[2];
static struct device devices[3];
static struct uid keys[3];

static void
furnish(void)
{
	for (int i = 0; i < 2; i++) {
		nets[i] = (struct network){.id = uid_new(), .time_zone = "UTC"};
		(void)snprintf(
		    nets[i].ssid, sizeof(nets[i].ssid), "Hall %d", i);
		points[i] = (struct world_ap){
		    .ap = {.id = uid_new(), .dialect = "generic"}};
		(void)snprintf(points[i].ap.address,
		    sizeof(points[i].ap.address), "192.0.%d.0/24", i);
		assert_ok(secret_set(
		    &points[i].secret, "a-secret-of-16-characters", 25));
	}
	plan =
	    (struct plan){.id = uid_new(), .schedule = "mon-fri 08:00-18:00"};
	for (int i = 0; i < 3; i++) {
		keys[i] = uid_new();
		devices[i] = (struct device){.id = uid_new(),
		    .network = nets[i % 2].id,
		    .key = keys[i],
		    .mac = {{2, 0, 0, 0, 0, (uint8_t)i}}};
	}
}

static enum err
put_rows(struct known *k)
{
	enum err e;

	for (int i = 0; i < 2; i++)
		if ((e = known_put_network(k, &nets[i])) ||
		    (e = known_put_ap(k, &points[i])) ||
		    (e = known_put_ap(k, &points[i])))
			return e;
	if ((e = known_put_plan(k, &plan)))
		return e;
	for (int i = 0; i < 3; i++) {
		struct key_data d = {.network = nets[i % 2].id,
		    .plan = plan.id,
		    .usable = true,
		    .pmk = {(uint8_t)(i + 1)}};

		/* the last one is seen before its key is known */
		if (i < 2 && (e = known_put_key_data(k, &keys[i], &d)))
			return e;
		if ((e = known_put_device(k, &devices[i])))
			return e;
	}
	return known_settle(k);
}

static enum err
changes(struct known *k)
{
	struct mac mac = {{2, 0, 0, 0, 0, 9}};
	struct network again = nets[0];
	enum err e;

	again.ssid[0] = 'B';
	if ((e = known_bind(k, &nets[0].id, &mac, &keys[0], 5)) ||
	    (e = known_bind(k, &nets[0].id, &devices[0].mac, &keys[1], 5)) ||
	    (e = known_put_network(k, &again)))
		return e;
	for (int i = 0; i < 600; i++) { /* enough to let them go */
		struct key_data d = {.network = nets[0].id,
		    .plan = plan.id,
		    .pmk = {7, (uint8_t)i, (uint8_t)(i >> 8)}};
		struct uid id = uid_new();

		if ((e = known_put_key_data(k, &id, &d)))
			return e;
		if (i == 0 && (e = known_settle(k)))
			return e;
		known_drop(k, NOUN_KEY, &id);
	}
	known_drop(k, NOUN_DEVICE, &devices[1].id);
	known_drop(k, NOUN_AP, &points[0].ap.id);
	known_drop(k, NOUN_PLAN, &plan.id);
	if ((e = known_settle(k)))
		return e;
	known_drop(k, NOUN_NETWORK, &nets[1].id);
	return ERR_OK;
}

/* Without memory to note what is to be freed later it is not freed: what is
 * in use must stay. That is no leak we look for. */
static enum err
knows(void)
{
	struct epoch *e = epoch_new();
	struct known *k = e == NULL ? NULL : known_new(e);
	enum err err = ERR_NO_MEMORY;

	if (k != NULL && (err = known_reserve(k, 100, 100)) == ERR_OK &&
	    (err = put_rows(k)) == ERR_OK)
		err = changes(k);
	if (e != NULL) {
		epoch_free(e);
		known_free(k);
	}
	return err;
}

/* All that a thread of the responder has. */
static enum err
begins(void)
{
	static const struct receiver_way way;
	struct receiver *r = receiver_new(st, &way);
	struct reasons *reasons = reasons_new();
	struct back *back = back_new();
	bool fine = r != NULL && reasons != NULL && back != NULL;

	if (r != NULL) {
		receiver_free(r);
		free(st->counts[--st->ncounts]);
		free(st->courses[st->ncounts]);
		jobs_free(st->jobs[st->ncounts]);
	}
	reasons_free(reasons);
	back_free(back);
	return fine ? ERR_OK : ERR_NO_MEMORY;
}

static enum err
saves(void)
{
	const struct world_mark mark = {.audit = 7};
	struct world_mark m;
	struct known *k = known_new(st->epoch);
	enum err e = ERR_NO_MEMORY;

	if (k != NULL && (e = snapshot_save(st, state_known(st), &mark)) == 0)
		e = snapshot_load(st, k, &m);
	/* what is kept is the whole of it, or nothing was said to be there */
	if (e == ERR_OK)
		assert_int_equal(known_counts(k).keys, 2);
	known_free(k);
	/* the library does not say why it cannot seal */
	return e == ERR_CORRUPT || e == ERR_INTERNAL ? ERR_NO_MEMORY : e;
}

static enum err
indexes(void)
{
	static const uint8_t pmks[40 * MATCH_PMK] = {1};
	struct match_index *x;
	enum err e = match_index_new(pmks, NULL, 40, &x);

	match_index_free(x);
	return e;
}

static enum err
explains(void)
{
	OWN(buf) struct buf out = BUF(1 << 20);

	return control_answer(st, "why", &out);
}

/* --- the sweep --- */

/* Every one of the first, then every 41st: what is put in a loop is the same
 * each time. */
static int sweep(enum err (*act)(void))
{
	int told = 0;

	for (long n = 1;; n += n < 200 ? 1 : 41) {
		bool came;
		enum err e = starve_at(n, act, &came);

		if (!came)
			return told;
		told += e != ERR_OK;
		if (e != ERR_OK)
			assert_err(e, ERR_NO_MEMORY);
		assert_ok(act());
	}
}

static void
survives(const char *name, enum err (*act)(void), int least, size_t each)
{
	size_t before, after;
	int told;

	(void)sweep(act);
	before = mallinfo2().uordblks;
	told = sweep(act);
	after = mallinfo2().uordblks;
	(void)fprintf(stderr, "# %s: %d failures told, %ld octets kept\n", name,
	    told, (long)(after - before));
	assert_true(told >= least);
	assert_true(after <= before + (size_t)told * each + 4096);
}

TEST(starved_the_responder_goes_on)
{
	const int64_t none = 0;
	char path[96];

	if (where_pgsql() || !starve_in_front())
		return;
	house_make(&h);
	(void)snprintf(path, sizeof(path), "%s/snapshot", h.dir);
	h.conf.radius.snapshot = path;
	(void)match_start();
	furnish();
	st = responder_state(&h);
	assert_ok(put_rows(state_known(st)));
	atomic_store(&st->store_seen, none);
	survives("what is known", knows, 100, 1 << 16);
	survives("a thread", begins, 5, 64);
	survives("the snapshot", saves, 20, 64);
	survives("an index", indexes, 4, 0);
	survives("reasons", explains, 1, 0);
	state_free(st);
	(void)unlink(path);
	house_end(&h);
}
