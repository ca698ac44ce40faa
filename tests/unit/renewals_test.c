#include "tests/unit/service.h"

#include "core/service/recheck.h"
#include "core/service/renewals.h"

static struct house h;

static enum err
next(int64_t now, struct renewal *r)
{
	h.system.now = now;
	return renewals_next(&h.system, r);
}

static enum person_state
state_of(const struct person *who)
{
	struct person p;

	assert_ok(people_get(&h.root, &who->id, &p));
	return p.state;
}

TEST(a_token_is_used_when_it_is_due_by_one_and_replaced)
{
	struct renewal r, none;

	house_make(&h);
	assert_ok(renewals_keep(
	    &h.root, &h.ada.id, "campus", "first token", NOON + 60));
	assert_int_equal(next(NOON + 59, &r), ERR_NOT_FOUND);
	assert_ok(next(NOON + 60, &r));
	assert_true(uid_same(&r.person, &h.ada.id));
	assert_string_equal(r.provider, "campus");
	assert_string_equal(r.token.text, "first token");
	/* it is ours for a while, then somebody else's */
	assert_int_equal(next(NOON + 61, &none), ERR_NOT_FOUND);
	assert_ok(next(NOON + 60 + RENEWALS_LEASE, &none));
	assert_ok(
	    renewals_keep(&h.root, &h.ada.id, "campus", "second", NOON + 500));
	assert_ok(next(NOON + 500, &r));
	assert_string_equal(r.token.text, "second");
	assert_ok(renewals_keep(&h.root, &h.ada.id, "campus", "", 0));
	assert_int_equal(next(NOON + 5000, &r), ERR_NOT_FOUND);
	house_end(&h);
}

/* O-43 */
TEST(who_is_refused_is_suspended_at_once_and_not_asked_about_again)
{
	struct renewal r;
	struct key_view v, out;

	house_make(&h);
	v = house_key(&h, &h.ada);
	assert_ok(renewals_keep(&h.root, &h.ada.id, "campus", "token", NOON));
	assert_ok(next(NOON, &r));
	assert_ok(renewals_refused(&h.system, &r));
	assert_int_equal(state_of(&h.ada), PERSON_SUSPENDED);
	assert_ok(keys_get(&h.root, &v.key.id, &out));
	assert_int_equal(next(NOON + 100000, &r), ERR_NOT_FOUND);
	(void)house_person(&h, "ada", "staff");
	assert_int_equal(state_of(&h.ada), PERSON_ACTIVE);
	/* what staff decided stays theirs */
	assert_ok(people_set_state(
	    &h.root, &h.ada.id, PERSON_SUSPENDED, "Ask the desk."));
	assert_ok(renewals_keep(&h.root, &h.ada.id, "campus", "token", NOON));
	assert_int_equal(next(NOON + 200000, &r), ERR_NOT_FOUND);
	assert_err(renewals_refused(&h.root, &r), ERR_FORBIDDEN);
	assert_err(renewals_again(&h.root, &r, "", 0), ERR_FORBIDDEN);
	house_end(&h);
}

/* Of ada a token is kept, and its provider is being asked with it. */
static void
asked_with_old(struct renewal *old)
{
	house_make(&h);
	assert_ok(renewals_keep(&h.root, &h.ada.id, "campus", "old", NOON));
	assert_ok(next(NOON, old));
}

TEST(an_answer_about_an_older_token_undoes_no_sign_in)
{
	struct renewal old, now;

	asked_with_old(&old);
	/* while the provider is asked: first the person, then the token */
	(void)house_person(&h, "ada", "staff");
	assert_ok(renewals_refused(&h.system, &old));
	assert_int_equal(state_of(&h.ada), PERSON_ACTIVE);
	assert_ok(
	    renewals_keep(&h.root, &h.ada.id, "campus", "new", NOON + 500));
	assert_ok(renewals_refused(&h.system, &old));
	assert_int_equal(state_of(&h.ada), PERSON_ACTIVE);
	assert_ok(renewals_again(&h.system, &old, "older", NOON + 400));
	assert_int_equal(next(NOON + 499, &now), ERR_NOT_FOUND);
	assert_ok(next(NOON + 500, &now));
	assert_string_equal(now.token.text, "new");
	house_end(&h);
}

/* The one before may be good for nothing once there is another. */
TEST(a_new_token_is_kept_whatever_changed_of_its_person)
{
	struct renewal r;

	asked_with_old(&r);
	assert_ok(people_set_language(&h.root, &h.ada.id, "de"));
	assert_ok(renewals_again(&h.system, &r, "new", NOON + 500));
	assert_ok(next(NOON + 500, &r));
	assert_string_equal(r.token.text, "new");
	house_end(&h);
}

/* Somebody who signs in as the answer comes: the token of before is no more. */
TEST(a_token_that_was_replaced_is_not_refused_for_the_one_before)
{
	struct renewal old;

	asked_with_old(&old);
	assert_ok(
	    renewals_keep(&h.root, &h.ada.id, "campus", "new", NOON + 500));
	assert_ok(renewals_refused(&h.system, &old));
	assert_int_equal(state_of(&h.ada), PERSON_ACTIVE);
	house_end(&h);
}
