/* Every state of a password and every event: states.def is the table. */
#include "tests/unit/service.h"

#include "core/model/policy.h"
#include "core/service/life.h"

enum { STATES = KEY_IS_REVOKED + 1, ENDS = 5000, DAYS = 86400 };

struct cell {
	bool said; /* the table has it */
	bool gone;
	enum err err;
	enum key_standing after;
};
#define IS(standing)                                                           \
	{                                                                      \
		.said = true, .after = KEY_IS_##standing                       \
	}
#define NO(reason)                                                             \
	{                                                                      \
		.said = true, .err = ERR_##reason                              \
	}
#define GONE                                                                   \
	{                                                                      \
		.said = true, .gone = true                                     \
	}

static struct house h;
static struct uid key;
static struct person who, other;
static struct plan slow;
static int64_t base; /* when the cell began */

static void
tick(int64_t now)
{
	struct life_done d;

	h.system.now = h.root.now = now;
	assert_ok(life_tick(&h.system, NULL, &d));
}

/* Time as it goes by: housekeeping looks at least once an hour. */
static void
pass(int64_t until)
{
	while (h.root.now + 3000 < until)
		tick(h.root.now + 3000);
	tick(until);
}

/* --- the events --------------------------------------------------------------
 */

static int64_t
version(void)
{
	struct key_view v;

	assert_ok(keys_get(&h.root, &key, &v));
	return v.key.version;
}

static enum err
do_time_starts(void)
{
	pass(base + 1000);
	return ERR_OK;
}

static enum err
do_time_ends(void)
{
	pass(base + ENDS);
	return ERR_OK;
}

/* Not hour by hour: the clock is set, doubted, and believed. */
static enum err
do_long_after(void)
{
	pass(base + ENDS + 60);
	tick(base + 200 * DAYS);
	tick(base + 200 * DAYS + LIFE_DOUBT);
	tick(base + 200 * DAYS + LIFE_DOUBT + 60);
	return ERR_OK;
}

static enum err
do_suspend(void)
{
	return keys_suspend(&h.root, &key, "");
}

static enum err
do_restore(void)
{
	return keys_restore(&h.root, &key);
}

static enum err
do_revoke(void)
{
	return keys_revoke(&h.root, &key, "");
}

static enum err
do_extend(void)
{
	return keys_set_end(&h.root, &key, base + 90 * DAYS, version());
}

static enum err
do_never_end(void)
{
	return keys_set_end(&h.root, &key, 0, version());
}

static enum err
do_expire_now(void)
{
	return keys_set_end(&h.root, &key, h.root.now, version());
}

static enum err
do_rename(void)
{
	return keys_rename(&h.root, &key, "Other", version());
}

static enum err
do_rotate(void)
{
	struct key_view v;

	return keys_rotate(&h.root, &key, 2000, &v);
}

static enum err
do_rotate_at_once(void)
{
	struct key_view v;

	return keys_rotate(&h.root, &key, 0, &v);
}

static enum err
do_reveal(void)
{
	OWN(secret) struct secret s = SECRET_NONE;

	return keys_reveal(&h.root, &key, "screen", &s);
}

static enum err
do_device_joins(void)
{
	struct seen_device s = {.network = h.net.id,
	    .key = key,
	    .mac = house_mac("02-00-00-00-00-99"),
	    .at = h.system.now};

	return world_seen(&h.system, &s, 1);
}

static enum err
do_person_suspended(void)
{
	return people_set_state(&h.root, &who.id, PERSON_SUSPENDED, "");
}

static enum err
do_person_ended(void)
{
	return people_set_state(&h.root, &who.id, PERSON_ENDED, "");
}

static enum err
do_person_forgotten(void)
{
	return people_forget(&h.root, &who.id);
}

static enum err
do_person_merged(void)
{
	return people_merge(&h.root, &who.id, &other.id);
}

static enum err
do_plan_changes(void)
{
	h.plan.vlan = 77;
	return plan_set_now(&h.root, &h.plan);
}

static enum err
do_quota_used_up(void)
{
	struct visit_report r = {.event = VISIT_INTERIM,
	    .ap = h.ap.id,
	    .key = key,
	    .network = h.net.id,
	    .nas = "ap1",
	    .mac = house_mac("02-00-00-00-00-01"),
	    .at = h.system.now,
	    .octets_in = 1000};

	text_copy(r.session, sizeof(r.session), who.id.s);
	return world_visits(&h.system, &r, 1);
}

static const struct {
	const char *name;
	enum err (*run)(void);
	struct cell cell[STATES];
} events[] = {
#define EVENT(event, ...) {#event, do_##event, {__VA_ARGS__}},
#include "tests/unit/states.def"
#undef EVENT
};

/* --- one cell --- */

/* One house for all of them: each cell has people of its own. */
static void
furnish(void)
{
	house_make(&h);
	slow = (struct plan){.network = h.net.id, .name = "Slow", .vlan = 21};
	assert_ok(plan_add(&h.root, &slow));
	h.plan.quota = 1000;
	text_copy(h.plan.quota_period, sizeof(h.plan.quota_period), "month");
	h.plan.quota_plan = slow.id;
	assert_ok(plan_set(&h.root, &h.plan));
	tick(NOON);
}

/* A key in state S, with a device on the air where it works. */
static void
begin(enum key_standing s)
{
	static int serial;
	struct key_order o = {.name = "Phone"};
	struct key_view v;
	char name[24];

	base = h.root.now + 60;
	tick(base);
	(void)snprintf(name, sizeof(name), "p%d", serial++);
	who = house_person(&h, name, "staff");
	(void)snprintf(name, sizeof(name), "p%d", serial++);
	other = house_person(&h, name, "staff");
	o.person = who.id;
	o.plan = h.plan.id;
	o.not_before = s == KEY_IS_SCHEDULED ? base + 1000 : 0;
	o.not_after = s == KEY_IS_EXPIRED ? base + 10 : base + ENDS;
	assert_ok(keys_issue(&h.root, &o, &v));
	key = v.key.id;
	if (s == KEY_IS_ACTIVE)
		house_join(&h, &key, "02-00-00-00-00-01", who.id.s);
	if (s == KEY_IS_SUSPENDED)
		assert_ok(do_suspend());
	if (s == KEY_IS_REVOKED)
		assert_ok(do_revoke());
	tick(base + 20);
	assert_ok(keys_get(&h.root, &key, &v));
	assert_int_equal(v.standing, s);
}

/* Would the responder let a device in, by the row it has of the key? */
static bool
answered(const struct world_key *w)
{
	struct join j = {.key_state = w->key.state,
	    .not_before = w->key.not_before,
	    .not_after = w->key.not_after,
	    .person_state = w->usable || w->key.state != KEY_ACTIVE
				? PERSON_ACTIVE
				: PERSON_SUSPENDED,
	    .now = h.root.now};

	return policy_decide(&j) == VERDICT_OK;
}

static size_t
cut_off(void)
{
	struct disconnect *d;
	size_t n;

	assert_ok(disconnects_of_key(&h.root, &key, 9, &d, &n));
	return n;
}

static void
check(const char *name, enum key_standing s, const struct cell *want,
    enum err got)
{
	struct key_view v;
	struct world_key w;
	enum key_standing after = want->err ? s : want->after;
	bool shown;

	if (got != want->err)
		fail_msg("%s when %s: %s", name, key_standing_text(s),
		    err_words(got));
	if (want->gone) {
		assert_err(keys_get(&h.root, &key, &v), ERR_NOT_FOUND);
		assert_err(world_key_get(&h.system, &key, &w), ERR_NOT_FOUND);
		return;
	}
	assert_ok(keys_get(&h.root, &key, &v));
	if (v.standing != after)
		fail_msg("%s when %s: is %s", name, key_standing_text(s),
		    key_standing_text(v.standing));
	assert_ok(world_key_get(&h.system, &key, &w));
	shown = v.standing == KEY_IS_ACTIVE && v.person.state == PERSON_ACTIVE;
	if (answered(&w) != shown)
		fail_msg("%s when %s: shown %d, answered %d", name,
		    key_standing_text(s), shown, answered(&w));
	/* who was on the air and may not be is asked to leave */
	if (s == KEY_IS_ACTIVE && !shown && cut_off() == 0)
		fail_msg("%s when %s: nobody was cut off", name,
		    key_standing_text(s));
}

TEST(states_and_events_have_a_row_each_and_keep_to_it)
{
	size_t n = sizeof(events) / sizeof(*events), rows = 0;

	furnish();
	for (size_t e = 0; e < n; e++)
		for (int s = KEY_IS_SCHEDULED; s < STATES; s++) {
			const struct cell *c = &events[e].cell[s];
			enum err err;

			if (!c->said)
				fail_msg("no row: %s when %s", events[e].name,
				    key_standing_text((enum key_standing)s));
			begin((enum key_standing)s);
			err = events[e].run();
			check(events[e].name, (enum key_standing)s, c, err);
			rows++;
		}
	house_end(&h);
	assert_int_equal(rows, n * STATES);
	print_message("%zu events in %d states\n", n, STATES);
}
