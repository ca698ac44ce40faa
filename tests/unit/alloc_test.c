/* F-04: every allocation fails once, ours and those of the libraries. */
#include "tests/unit/service.h"

#include "core/base/rnd.h"
#include "core/db/driver.h"
#include "tests/unit/failing.h"

static struct house h;

/* --- what is done, over and over --- */

static enum err
issues(void)
{
	OWN(arena) struct arena *mine = arena_new(1 << 20);
	struct call c = h.root;
	struct key_order o = {.network = h.net.id,
	    .plan = h.plan.id,
	    .kind = KEY_PERSONAL,
	    .name = ""};
	OWN(secret) struct secret s = SECRET_NONE;
	OWN(secret) struct secret given = SECRET_NONE;
	struct person p = {.name = "Somebody"};
	uint8_t pmk[32];
	struct key_view v;
	enum err e;

	if ((c.arena = mine) == NULL)
		return ERR_NO_MEMORY;
	/* a PMK is quicker than what is derived from a passphrase */
	rnd_bytes(pmk, sizeof(pmk));
	text_to_hex(pmk, sizeof(pmk), (char *)given.b);
	given.len = 2 * sizeof(pmk);
	o.given = &given;
	if ((e = people_add(&c, &p)))
		return e;
	o.person = p.id;
	if ((e = keys_issue(&c, &o, &v)) ||
	    (e = keys_reveal(&c, &v.key.id, "screen", &s)))
		return e;
	return keys_revoke(&c, &v.key.id, "");
}

static enum err
opens(void)
{
	struct store *st = NULL;
	struct why w;
	enum err e = store_service_open(&h.conf, h.ring, false, &st, &w);

	store_service_close(st);
	return e;
}

static enum err
loads(void)
{
	static const struct world_visitor nobody;
	OWN(arena) struct arena *mine = arena_new(1 << 20);
	struct call c = h.system;
	struct change *changes;
	int64_t at;
	size_t n;
	enum err e;

	if ((c.arena = mine) == NULL)
		return ERR_NO_MEMORY;
	if ((e = world_load(&c, &nobody, &at)))
		return e;
	return feed_read(&c, at > 3 ? at - 3 : 0, 10, &changes, &n);
}

static enum err
signs_in(void)
{
	OWN(arena) struct arena *mine = arena_new(1 << 20);
	OWN(secret) struct secret token = SECRET_NONE;
	const char *const groups[] = {"staff"};
	struct identity id = {.issuer = "https://id.example.org",
	    .subject = "ada",
	    .name = "ada",
	    .mail = "",
	    .groups = groups,
	    .ngroups = 1,
	    .groups_known = true,
	    .claims = "{}",
	    .language = "en"};
	struct call c = h.root;
	struct person p;
	enum err e;

	if ((c.arena = mine) == NULL)
		return ERR_NO_MEMORY;
	if ((e = people_sign_in(&c, &id, NULL, 0, &p)))
		return e;
	return session_open(&c, &p.id, "campus", "", "token", NOON, &token);
}

/* --- the sweep --------------------------------------------------------------
 */

/* Without the pages that SQLite keeps at hand. */
static size_t
in_use(void)
{
	(void)sqlite3_db_release_memory(h.store->db->h);
	return mallinfo2().uordblks;
}

/* A library may keep what it got for good, once; what comes back with every
 * failure is a leak. */
static void
survives(const char *name, enum err (*act)(void), long step, int least)
{
	size_t before, after;
	int told;

	(void)failing_sweep(FAILING_ALLOC, act, step);
	before = in_use();
	told = failing_sweep(FAILING_ALLOC, act, step);
	after = in_use();
	(void)fprintf(stderr, "# %s: %d failures told, %ld octets kept\n", name,
	    told, (long)(after - before));
	assert_true(told >= least);
	assert_true(after <= before + (size_t)told * 8 + 4096);
}

TEST(alloc_every_one_failing_once_is_survived)
{
	const char *every = getenv("LATCHKEY_ALLOC_STEP"); /* 1: all of them */
	long step = every ? strtol(every, NULL, 10) : 5;

	if (where_pgsql() || !starve_in_front())
		return;
	house_make(&h);
	survives("opening the store", opens, step, 20);
	survives("a key", issues, step, 20);
	survives("signing in", signs_in, step, 10);
	survives("loading", loads, step, 2);
	house_end(&h);
}
