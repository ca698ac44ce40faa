/*
 * A year in the life of a house, hour by hour: people come, are suspended,
 * merge and are forgotten; passwords start, end, are suspended, revoked,
 * extended and renewed; clocks change twice. A model of its own, written with
 * plain numbers, says what must be; after every step what the page shows and
 * what the responder would answer are held to it.
 *
 * Short by default; LATCHKEY_LONG=1 is 10,000 people for 365 days.
 */
#include "tests/unit/service.h"

#include "core/model/policy.h"
#include "core/model/zone.h"
#include "core/service/life.h"
#include "core/service/passes.h"

enum { HOUR = 3600, DAY = 86400, KEYS_MAX = 40000, PEOPLE_MAX = 10000 };

struct who {
	struct uid id;
	enum person_state state, planned;
	int64_t at; /* of what is planned; 0: nothing */
	bool gone;  /* merged or forgotten */
};
struct pass {
	struct uid id;
	int who;
	enum key_state state;
	int64_t from, until, ended;
	bool hours, purged;
	int64_t air; /* since when a visit is open; 0: none */
	int visits;  /* so far */
	int next;    /* the one that replaced it; -1 */
};

static struct house h;
static struct plan office;
static const struct zone *berlin;
static struct who people[PEOPLE_MAX];
static struct pass keys[KEYS_MAX];
static int npeople, nkeys;
static uint64_t seed = 88172645463325252ULL;
static size_t steps, checks;

static uint32_t
any(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % below;
}

/* --- the model --------------------------------------------------------------
 */

/* Monday to Friday, six to ten, where clocks change. */
static bool
in_hours(int64_t t)
{
	int64_t local = t + zone_offset(berlin, t);
	int64_t day = local / DAY, hour = local % DAY / HOUR;
	int weekday = (int)((day + 3) % 7); /* 0: Monday */

	return weekday < 5 && hour >= 6 && hour < 22;
}

static enum key_standing
standing(const struct pass *k, int64_t now)
{
	if (k->state == KEY_REVOKED)
		return KEY_IS_REVOKED;
	if (k->state == KEY_SUSPENDED)
		return KEY_IS_SUSPENDED;
	if (k->until && k->until <= now)
		return KEY_IS_EXPIRED;
	return k->from > now ? KEY_IS_SCHEDULED : KEY_IS_ACTIVE;
}

static bool
may_join(const struct pass *k, int64_t now)
{
	return standing(k, now) == KEY_IS_ACTIVE &&
	       people[k->who].state == PERSON_ACTIVE &&
	       (!k->hours || in_hours(now));
}

/* --- what the product says --- */

static bool
answered(const struct world_key *w, bool hours)
{
	struct schedule s;
	struct join j = {.key_state = w->key.state,
	    .not_before = w->key.not_before,
	    .not_after = w->key.not_after,
	    .schedule = &s,
	    .offset = zone_offset,
	    .zone = berlin,
	    .person_state = w->usable || w->key.state != KEY_ACTIVE
				? PERSON_ACTIVE
				: PERSON_SUSPENDED,
	    .now = h.root.now};

	assert_ok(schedule_parse(hours ? office.schedule : "", &s, NULL));
	return policy_decide(&j) == VERDICT_OK;
}

static void
check(int i)
{
	const struct pass *k = &keys[i];
	struct world_key w;
	struct key_view v;
	struct disconnect *d;
	size_t n;
	bool good = may_join(k, h.root.now);

	checks++;
	if (k->purged) {
		assert_err(world_key_get(&h.system, &k->id, &w), ERR_NOT_FOUND);
		return;
	}
	assert_ok(keys_get(&h.root, &k->id, &v));
	assert_ok(world_key_get(&h.system, &k->id, &w));
	if (v.standing != standing(k, h.root.now))
		fail_msg("step %zu key %d: shown %s, should be %s", steps, i,
		    key_standing_text(v.standing),
		    key_standing_text(standing(k, h.root.now)));
	assert_int_equal(v.person.state, people[k->who].state);
	assert_int_equal(v.key.not_after, k->until);
	if (answered(&w, k->hours) != good)
		fail_msg("step %zu key %d: answered %d, should be %d", steps, i,
		    !good, good);
	/* a visit that is not heard of for a day is over */
	if (k->air && h.root.now - k->air < DAY - HOUR && !good && !k->hours) {
		assert_ok(disconnects_of_key(&h.root, &k->id, 9, &d, &n));
		if (n == 0)
			fail_msg("step %zu key %d: nobody cut off", steps, i);
	}
}

static void
check_person(int w)
{
	for (int i = 0; i < nkeys; i++)
		if (keys[i].who == w)
			check(i);
}

/* --- steps --- */

static int
some_key(enum key_standing s)
{
	for (int tries = 0; tries < 60; tries++) {
		int i = (int)any((uint32_t)nkeys);

		if (!keys[i].purged && standing(&keys[i], h.root.now) == s)
			return i;
	}
	return -1;
}

static int
some_person(enum person_state s)
{
	for (int tries = 0; tries < 60; tries++) {
		int w = (int)any((uint32_t)npeople);

		if (!people[w].gone && people[w].state == s)
			return w;
	}
	return -1;
}

static int
live_keys(int w)
{
	int n = 0;

	for (int i = 0; i < nkeys; i++)
		n += keys[i].who == w && !keys[i].purged &&
		     keys[i].state != KEY_REVOKED;
	return n;
}

static void
issue(int w)
{
	bool hours = any(3) == 0;
	int64_t now = h.root.now;
	struct key_order o = {.person = people[w].id,
	    .plan = hours ? office.id : h.plan.id,
	    .name = "",
	    .not_before = any(3) ? 0 : now + 1 + any(20 * DAY)};
	struct key_view v;

	o.not_after = (o.not_before ? o.not_before : now) + 1 + any(120 * DAY);
	if (nkeys == KEYS_MAX || live_keys(w) >= KEYS_PER_PERSON)
		return;
	assert_ok(keys_issue(&h.root, &o, &v));
	keys[nkeys] = (struct pass){.id = v.key.id,
	    .who = w,
	    .state = KEY_ACTIVE,
	    .from = o.not_before,
	    .until = o.not_after,
	    .hours = hours,
	    .next = -1};
	check(nkeys++);
}

static void
set_state(int i, enum key_state to)
{
	if (i < 0)
		return;
	if (to == KEY_REVOKED) {
		assert_ok(keys_revoke(&h.root, &keys[i].id, ""));
		keys[i].ended = h.root.now;
	} else if (to == KEY_SUSPENDED)
		assert_ok(keys_suspend(&h.root, &keys[i].id, ""));
	else
		assert_ok(keys_restore(&h.root, &keys[i].id));
	keys[i].state = to;
	check(i);
}

static void
set_end(int i, int64_t end)
{
	struct key_view v;

	if (i < 0 || end <= keys[i].from)
		return;
	assert_ok(keys_get(&h.root, &keys[i].id, &v));
	assert_ok(keys_set_end(&h.root, &keys[i].id, end, v.key.version));
	keys[i].until = end;
	check(i);
}

static void
rotate(int i)
{
	int64_t overlap = any(4) ? DAY : 0, end = h.root.now + overlap;
	struct key_view v;
	enum err e;

	if (i < 0 || nkeys == KEYS_MAX)
		return;
	e = keys_rotate(&h.root, &keys[i].id, overlap, &v);
	if (people[keys[i].who].state != PERSON_ACTIVE) {
		assert_true(e == ERR_SUSPENDED || e == ERR_FORBIDDEN);
		return;
	}
	if (keys[i].next >= 0 && e == ERR_BAD_STATE)
		return; /* renewed already */
	assert_ok(e);
	keys[nkeys] = keys[i];
	keys[nkeys].id = v.key.id;
	keys[nkeys].air = 0;
	keys[nkeys].next = -1;
	keys[i].next = nkeys;
	if (overlap == 0) {
		keys[i].state = KEY_REVOKED;
		keys[i].ended = h.root.now;
	} else if (keys[i].until == 0 || keys[i].until > end)
		keys[i].until = end;
	check(i);
	check(nkeys++);
}

static void
person_state(int w, enum person_state to)
{
	if (w < 0)
		return;
	assert_ok(people_set_state(&h.root, &people[w].id, to, ""));
	people[w].state = to;
	check_person(w);
}

static void
plan_state(int w)
{
	int64_t at = h.root.now + 1 + any(10 * DAY);

	if (w < 0)
		return;
	assert_ok(people_plan_state(
	    &h.root, &people[w].id, PERSON_SUSPENDED, "from then", at));
	people[w].planned = PERSON_SUSPENDED;
	people[w].at = at;
}

static void
merge(int from, int into)
{
	if (from < 0 || into < 0 || from == into || people[from].at)
		return;
	assert_ok(people_merge(&h.root, &people[from].id, &people[into].id));
	people[from].state = PERSON_ENDED;
	people[from].gone = true;
	for (int i = 0; i < nkeys; i++)
		if (keys[i].who == from)
			keys[i].who = into;
	check_person(into);
}

static void
forget(int w)
{
	if (w < 0)
		return;
	assert_ok(people_forget(&h.root, &people[w].id));
	people[w] = (struct who){
	    .id = people[w].id, .state = PERSON_ENDED, .gone = true};
	for (int i = 0; i < nkeys; i++)
		if (keys[i].who == w && !keys[i].purged) {
			if (keys[i].state != KEY_REVOKED)
				keys[i].ended = h.root.now;
			keys[i].state = KEY_REVOKED;
			keys[i].air = 0;
		}
	check_person(w);
}

/* A device comes or goes. */
static void
device(int i)
{
	struct visit_report r = {.event = VISIT_START,
	    .ap = h.ap.id,
	    .network = h.net.id,
	    .nas = "ap1",
	    .at = h.root.now};

	if (i < 0 || keys[i].hours)
		return;
	r.key = keys[i].id;
	r.mac.b[0] = 2;
	r.mac.b[4] = (uint8_t)(i >> 8);
	r.mac.b[5] = (uint8_t)i;
	if (keys[i].air && h.root.now - keys[i].air < DAY - HOUR)
		r.event = VISIT_STOP;
	else
		keys[i].visits++;
	(void)snprintf(
	    r.session, sizeof(r.session), "s%d-%d", i, keys[i].visits);
	assert_ok(world_visits(&h.system, &r, 1));
	keys[i].air = r.event == VISIT_START && may_join(&keys[i], h.root.now)
			  ? h.root.now
			  : 0;
	check(i);
}

static void
step(void)
{
	steps++;
	switch (any(16)) {
	case 0:
	case 1:
	case 2:
		issue(some_person(PERSON_ACTIVE) < 0
			  ? 0
			  : some_person(PERSON_ACTIVE));
		break;
	case 3:
		set_state(some_key(KEY_IS_ACTIVE), KEY_SUSPENDED);
		break;
	case 4:
		set_state(some_key(KEY_IS_SUSPENDED), KEY_ACTIVE);
		break;
	case 5:
		set_state(some_key(KEY_IS_ACTIVE), KEY_REVOKED);
		break;
	case 6:
		set_end(some_key(KEY_IS_EXPIRED), h.root.now + 1 + any(DAY));
		break;
	case 7:
		set_end(some_key(KEY_IS_ACTIVE), h.root.now);
		break;
	case 8:
	case 9:
		rotate(some_key(any(5) ? KEY_IS_ACTIVE : KEY_IS_SCHEDULED));
		break;
	case 10:
		person_state(some_person(PERSON_ACTIVE), PERSON_SUSPENDED);
		break;
	case 11:
		person_state(some_person(PERSON_SUSPENDED), PERSON_ACTIVE);
		break;
	case 12:
		plan_state(some_person(PERSON_ACTIVE));
		break;
	case 13:
		if (any(4) == 0)
			merge(some_person(PERSON_ACTIVE),
			    some_person(PERSON_ACTIVE));
		if (any(20) == 0)
			forget(some_person(PERSON_ACTIVE));
		break;
	default:
		device(some_key(KEY_IS_ACTIVE));
	}
}

/* --- time --- */

static void
hour(void)
{
	static const int64_t keep = 90 * DAY;
	int64_t was = h.root.now, now = was + HOUR;
	struct life_done d;

	arena_free(h.arena);
	h.arena = h.root.arena = h.system.arena = arena_new(64 << 20);
	assert_non_null(h.arena);
	h.root.now = h.system.now = now;
	assert_ok(life_tick(&h.system, NULL, &d));
	assert_false(d.doubt);
	for (int i = 0; i < nkeys; i++) {
		struct pass *k = &keys[i];

		k->purged |= (k->ended && k->ended < now - keep) ||
			     (k->until && k->until < now - keep);
	}
	for (int w = 0; w < npeople; w++)
		if (people[w].at && people[w].at <= now) {
			people[w].state = people[w].planned;
			people[w].at = 0;
			check_person(w);
		}
	for (int i = 0; i < nkeys; i++) {
		struct pass *k = &keys[i];

		/* edges that lie in this hour */
		if ((k->from > was && k->from <= now) ||
		    (k->until > was && k->until <= now))
			check(i);
	}
}

struct seen {
	int64_t good, all;
};

static enum err
count(void *ctx, const struct world_key *w)
{
	struct seen *s = ctx;

	s->all++;
	s->good += answered(w, uid_same(&w->key.plan, &office.id));
	return ERR_OK;
}

/* Everything at once: as many answers as the model has. */
static void
whole(void)
{
	struct seen s = {.all = 0}, want = {.all = 0};
	struct world_visitor v = {.ctx = &s, .key = count};
	int64_t position;

	assert_ok(world_load(&h.system, &v, &position));
	for (int i = 0; i < nkeys; i++) {
		want.all += !keys[i].purged;
		want.good += !keys[i].purged && may_join(&keys[i], h.root.now);
	}
	assert_int_equal(s.all, want.all);
	assert_int_equal(s.good, want.good);
}

static void
populate(int n)
{
	enum { EACH = KEYS_IMPORT_MAX };
	struct key_import *all = calloc(EACH, sizeof(*all));
	struct person *p = calloc(EACH, sizeof(*p));

	assert_non_null(all);
	assert_non_null(p);
	while (npeople < n) {
		int some = n - npeople < EACH ? n - npeople : EACH;

		for (int i = 0; i < some; i++) {
			p[i] = (struct person){.name = ""};
			(void)snprintf(p[i].name, sizeof(p[i].name),
			    "Person %d", npeople + i);
			all[i] = (struct key_import){.owner = &p[i],
			    .order = {.plan = h.plan.id,
				.name = "",
				.not_after =
				    h.root.now + DAY + any(300 * DAY)}};
		}
		assert_ok(keys_import(&h.root, all, (size_t)some, false));
		for (int i = 0; i < some; i++) {
			people[npeople] = (struct who){.id = p[i].id};
			keys[nkeys++] = (struct pass){.id = all[i].key,
			    .who = npeople++,
			    .until = all[i].order.not_after,
			    .next = -1};
		}
	}
	free(all);
	free(p);
}

TEST(a_year_shows_what_it_answers_and_answers_what_the_policy_allows)
{
	bool full = getenv("LATCHKEY_LONG") != NULL;
	int days = full ? 365 : 12, most = full ? PEOPLE_MAX : 300;
	struct life_done d;

	(void)setenv("LATCHKEY_SCRATCH", "/dev/shm", 0);
	house_make(&h);
	h.net.time_zone[0] = '\0';
	text_copy(h.net.time_zone, sizeof(h.net.time_zone), "Europe/Berlin");
	assert_ok(network_set(&h.root, &h.net));
	assert_ok(zone_get("Europe/Berlin", &berlin));
	office = (struct plan){.network = h.net.id,
	    .name = "Office",
	    .vlan = 30,
	    .schedule = "mon-fri 06:00-22:00"};
	assert_ok(plan_add(&h.root, &office));
	assert_ok(life_tick(&h.system, NULL, &d));
	populate(most);
	whole();
	for (int t = 0; t < days * 24; t++) {
		hour();
		for (int i = 0; i < 3; i++)
			step();
		check((int)any((uint32_t)nkeys));
		if (t % (24 * 30) == 0)
			whole();
	}
	whole();
	print_message("%d people, %d days, %d passwords, %zu steps, %zu "
		      "checks\n",
	    npeople, days, nkeys, steps, checks);
	house_end(&h);
	(void)unsetenv("LATCHKEY_SCRATCH");
}
