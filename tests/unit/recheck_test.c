#include "tests/unit/service.h"

#include "core/service/life.h"
#include "core/service/recheck.h"
#include "core/service/scim.h"

#define US "https://id.example.org"

static struct house h;

static size_t
tick(int64_t now, int64_t absent)
{
	const struct recheck all[] = {{US, absent}};
	struct life_policy policy = life_usual;
	struct life_done d;

	policy.recheck = all;
	policy.nrecheck = 1;
	h.system.now = now;
	assert_ok(life_tick(&h.system, &policy, &d));
	assert_false(d.doubt);
	return d.people;
}

static enum person_state
state_of(const struct person *who)
{
	struct person p;

	assert_ok(people_get(&h.root, &who->id, &p));
	return p.state;
}

static size_t
signed_out(const char *subject, int64_t within)
{
	struct call c = h.root;
	size_t n;

	c.actor = (struct actor){.kind = ACTOR_GUEST};
	assert_ok(recheck_signed_out(&c, US, subject, "", within, &n));
	return n;
}

/* O-43 */
TEST(signed_out_at_the_provider_is_suspended_when_the_grace_is_over)
{
	struct key_view v;
	struct disconnect *d;
	size_t n;

	house_make(&h);
	v = house_key(&h, &h.ada);
	house_join(&h, &v.key.id, "02-00-00-00-00-01", "s1");
	(void)tick(NOON, 0);
	assert_int_equal(signed_out("ada", 600), 1);
	assert_int_equal(signed_out("ada", 900), 1); /* the sooner counts */
	assert_int_equal(tick(NOON + 599, 0), 0);
	assert_int_equal(state_of(&h.ada), PERSON_ACTIVE);
	assert_int_equal(tick(NOON + 600, 0), 1);
	assert_int_equal(state_of(&h.ada), PERSON_SUSPENDED);
	assert_int_equal(state_of(&h.bob), PERSON_ACTIVE);
	assert_ok(disconnects_of_key(&h.root, &v.key.id, 10, &d, &n));
	assert_int_equal(n, 1);
	assert_int_equal(tick(NOON + 601, 0), 0);
	/* and is back with the next sign-in */
	(void)house_person(&h, "ada", "staff");
	assert_int_equal(state_of(&h.ada), PERSON_ACTIVE);
	assert_int_equal(tick(NOON + 2000, 0), 0);
	house_end(&h);
}

TEST(who_signs_in_again_in_time_keeps_everything)
{
	house_make(&h);
	(void)tick(NOON, 0);
	assert_int_equal(signed_out("ada", 600), 1);
	(void)house_person(&h, "ada", "staff");
	assert_int_equal(tick(NOON + 700, 0), 0);
	assert_int_equal(state_of(&h.ada), PERSON_ACTIVE);
	/* switched off, nobody, and somebody else's provider */
	assert_int_equal(signed_out("ada", 0), 0);
	assert_int_equal(signed_out("nobody", 600), 0);
	assert_int_equal(signed_out("", 600), 0);
	house_end(&h);
}

/* O-43 */
TEST(who_has_been_away_too_long_is_suspended_unless_a_directory_speaks_for_them)
{
	struct scim_user u = {.active = true, .attributes = "{}"};
	struct person local = {.name = "Loc"};

	house_make(&h);
	text_copy(u.external, sizeof(u.external), "bob");
	text_copy(u.user_name, sizeof(u.user_name), "bob");
	assert_ok(scim_users_add(&h.root, US, &u));
	assert_ok(people_add(&h.root, &local));
	(void)tick(NOON, 1800);
	assert_int_equal(tick(NOON + 1799, 1800), 0);
	assert_int_equal(tick(NOON + 1800, 0), 0);
	assert_int_equal(tick(NOON + 1801, 1800), 1);
	assert_int_equal(state_of(&h.ada), PERSON_SUSPENDED);
	assert_int_equal(state_of(&h.bob), PERSON_ACTIVE);
	assert_int_equal(state_of(&local), PERSON_ACTIVE);
	/* staff let her in for as long again */
	h.root.now = NOON + 1900;
	assert_ok(people_set_state(&h.root, &h.ada.id, PERSON_ACTIVE, ""));
	assert_int_equal(tick(NOON + 3000, 1800), 0);
	assert_int_equal(tick(NOON + 3701, 1800), 1);
	house_end(&h);
}

TEST(what_staff_suspended_stays_suspended_after_a_sign_in)
{
	house_make(&h);
	(void)tick(NOON, 0);
	assert_ok(people_set_state(
	    &h.root, &h.ada.id, PERSON_SUSPENDED, "Ask the desk."));
	assert_int_equal(signed_out("ada", 1), 0);
	(void)house_person(&h, "ada", "staff");
	assert_int_equal(state_of(&h.ada), PERSON_SUSPENDED);
	house_end(&h);
}
