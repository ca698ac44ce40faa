/* The master key's successor, with everything in use. */
#include "tests/unit/service.h"

#include "core/service/outbox.h"
#include "core/service/repeat.h"
#include "core/service/reseal.h"
#include "core/service/tokens.h"
#include "core/service/webhooks.h"

static struct house h;
static struct uid letter;
static struct key_view first;
static struct call token;
static const uint8_t request[REPEAT_HASH] = {7};

static void
furnish(void)
{
	OWN(secret) struct secret t = SECRET_NONE;
	OWN(buf) struct buf answer = BUF(100);
	struct api_token machine = {.name = "billing", .scopes = "keys"};
	struct outbox_order o = {.kind = OUTBOX_MAIL,
	    .lane = "",
	    .about = "letter.test",
	    .payload = "a letter",
	    .len = 8};
	struct webhook hook = {
	    .name = "billing", .url = "https://billing.example.org/hook"};
	struct once once = {.name = "n 1"};
	int status;

	house_make(&h);
	first = house_key(&h, &h.ada);
	assert_ok(session_open(
	    &h.root, &h.ada.id, "campus", "", "an id token", NOON, &t));
	assert_ok(outbox_put(&h.system, &o, &letter));
	assert_ok(webhooks_add(&h.root, &hook, &t));
	assert_ok(tokens_add(&h.root, &machine, &t));
	token = house_call(&h, NULL, 0);
	assert_ok(tokens_use(&token, secret_text(&t), &machine));
	buf_text(&answer, "an answer");
	assert_ok(repeat_take(&token, &once, request, &status, &answer));
	assert_ok(repeat_keep(&token, 200, &answer));
}

static struct ring *
load(void)
{
	struct ring *r = NULL;
	char why[RING_WHY];

	assert_ok(ring_load(h.key, &r, why));
	return r;
}

/* How many values of the whole store name key ID as the one that sealed. */
static int
naming(const char *id)
{
	char cmd[500];
	int n = -1;
	FILE *p;

	(void)snprintf(cmd, sizeof(cmd),
	    "%s '%s' %s | grep -oiE \"%s01%s\" | wc -l",
	    h.at.url[0] ? "pg_dump" : "sqlite3",
	    h.at.url[0] ? h.at.url : h.at.path, h.at.url[0] ? "" : ".dump",
	    h.at.url[0] ? "x" : "x'", id);
	p = popen(cmd, "r");
	assert_non_null(p);
	assert_int_equal(fscanf(p, "%d", &n), 1);
	assert_int_equal(pclose(p), 0);
	return n;
}

static void
new_key(void)
{
	char why[RING_WHY];

	assert_ok(ring_add(h.key, why));
	assert_true(ring_refresh(h.ring));
	assert_false(ring_refresh(h.ring));
	assert_int_equal(ring_keys(h.ring), 2);
}

static struct reseal_state
all(struct call *c)
{
	struct reseal_state s = {0};
	bool more = true;

	while (more)
		assert_ok(reseal_step(c, &s, &more));
	return s;
}

/* Everything that is sealed, opened by a ring that has the new key only. */
static void
opens(const struct ring *r)
{
	OWN(secret) struct secret s = SECRET_NONE;
	OWN(buf) struct buf answer = BUF(100);
	struct call c = h.root, system = h.system, machine = token;
	struct outbox_job *job;
	struct world_key k;
	struct world_ap ap;
	struct once once = {.name = "n 1"};
	size_t n;
	int status;

	c.ring = system.ring = machine.ring = r;
	assert_ok(keys_reveal(&c, &first.key.id, "screen", &s));
	assert_ok(world_key_get(&system, &first.key.id, &k));
	assert_true(k.usable);
	assert_ok(world_ap_get(&system, &h.ap.id, &ap));
	assert_string_equal(secret_text(&ap.secret), "k3Jx-90pq-Zz7w-Lm2a");
	assert_ok(repeat_take(&machine, &once, request, &status, &answer));
	assert_int_equal(status, 200);
	assert_string_equal(buf_str(&answer), "an answer");
	assert_ok(outbox_claim(&system, OUTBOX_LETTERS, 9, &job, &n));
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++)
		assert_true(job[i].len > 0);
}

TEST(reseal_leaves_nothing_that_the_old_key_opens)
{
	OWN(ring) struct ring *r = NULL;
	struct reseal_state s;
	char why[RING_WHY];
	char old[RING_ID_TEXT];
	int before;
	struct why reason;
	struct store *st;
	size_t n;

	furnish();
	text_copy(old, sizeof(old), ring_newest(h.ring));
	assert_true((before = naming(old)) >= 8);
	new_key();
	assert_ok(reseal_begin(&h.root));
	s = all(&h.root);
	/* all but the check; a key's two are done at once */
	assert_int_equal(s.done, before - 2);
	assert_int_equal(naming(old), 1); /* the store's own check */
	assert_int_equal(s.broken, 0);
	assert_ok(reseal_end(&h.root, &s));
	s = all(&h.root);
	assert_int_equal(s.done, 0);
	assert_int_equal(naming(old), 0);
	assert_ok(ring_drop_old(h.key, &n, why));
	assert_int_equal(n, 1);
	r = load();
	assert_int_equal(ring_keys(r), 1);
	opens(r);
	assert_ok(store_service_open(&h.conf, r, false, &st, &reason));
	store_service_close(st);
	house_end(&h);
}

/* S-05: a program that has not heard of the new key learns of it before it
 * writes, or does not write. */
TEST(reseal_keeps_those_with_an_old_ring_from_writing)
{
	OWN(ring) struct ring *other = NULL, *deaf = NULL, *other2 = NULL;
	char why[RING_WHY];
	struct call hears, cannot;
	struct person p = {.name = "Zoe"};
	char away[120];

	furnish();
	other = load();
	deaf = load();
	new_key();
	assert_ok(reseal_begin(&h.root));
	hears = cannot = h.root;
	hears.ring = other;
	cannot.ring = deaf;
	(void)snprintf(away, sizeof(away), "%s.away", h.key);
	assert_int_equal(rename(h.key, away), 0);
	assert_err(people_add(&cannot, &p), ERR_SEALED);
	assert_int_equal(rename(away, h.key), 0);
	p = (struct person){.name = "Zoe"};
	assert_ok(people_add(&hears, &p));
	assert_ok(ring_add(h.key, why)); /* one more, not begun with */
	other2 = load();
	hears.ring = other2;
	p = (struct person){.name = "Max"};
	assert_ok(people_add(&hears, &p));
	assert_string_equal(ring_newest(other), ring_newest(h.ring));
	house_end(&h);
}

TEST(reseal_does_not_end_before_all_is_done)
{
	struct reseal_state s;
	char sql[200];
	int before;

	furnish();
	before = naming(ring_newest(h.ring));
	new_key();
	assert_ok(reseal_begin(&h.root));
	s = (struct reseal_state){0};
	assert_err(reseal_end(&h.root, &s), ERR_BAD_STATE);
	/* a value that nothing opens is left, and keeps nobody waiting */
	(void)snprintf(sql, sizeof(sql),
	    "UPDATE wifi_key SET generation = 2 WHERE id = '%s'",
	    first.key.id.s);
	house_sql(&h, sql);
	s = all(&h.root);
	assert_int_equal(s.broken, 1);
	assert_int_equal(s.done, before - 3);
	assert_ok(reseal_end(&h.root, &s));
	house_end(&h);
}

TEST(reseal_is_for_administrators)
{
	struct call ada;
	struct reseal_state s = {0};
	bool more;

	furnish();
	ada = house_call(&h, &h.ada, 1 << ROLE_OPERATOR);
	assert_err(reseal_begin(&ada), ERR_FORBIDDEN);
	assert_err(reseal_step(&ada, &s, &more), ERR_FORBIDDEN);
	assert_err(reseal_end(&ada, &s), ERR_FORBIDDEN);
	house_end(&h);
}

/* A ring of another installation in its place is not taken. */
TEST(ring_is_not_replaced_by_a_stranger)
{
	char why[RING_WHY], other[120];

	house_make(&h);
	(void)snprintf(other, sizeof(other), "%s/other.key", h.dir);
	assert_ok(ring_create(other, why));
	assert_int_equal(rename(other, h.key), 0);
	assert_false(ring_refresh(h.ring));
	(void)house_key(&h, &h.ada);
	house_end(&h);
}
