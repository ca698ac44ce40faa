/* Many guests at once. */
#include "tests/unit/service.h"

#include "core/service/batches.h"

static struct house h;
static struct plan visitors;
static struct uid rule;

enum { MANY = 250 };

static struct call
open_desk(void)
{
	house_make(&h);
	rule = house_visitors(&h, &visitors);
	/* the role is the stored person's: who loses it makes no more */
	h.bob.roles |= 1 << ROLE_DESK;
	house_sql(&h, "UPDATE person SET roles = 6 WHERE subject = 'bob'");
	return house_call(&h, &h.bob, 1 << ROLE_DESK | 1 << ROLE_PERSON);
}

static struct batch_order *
orders(size_t n)
{
	struct batch_order *o = arena_array(h.arena, n, sizeof(*o));

	assert_non_null(o);
	for (size_t i = 0; i < n; i++)
		o[i] = (struct batch_order){
		    .pass = {.name = arena_printf(h.arena, "Guest %zu", i + 1),
			.room = arena_printf(h.arena, "Room %zu", i + 1),
			.mail = "",
			.language = "de",
			.departure = NOON + 3 * 86400}};
	return o;
}

static void
run(struct batch *b, int rounds)
{
	struct call desk =
	    house_call(&h, &h.bob, 1 << ROLE_DESK | 1 << ROLE_PERSON);
	size_t done = 1;

	for (int i = 0; i < rounds && done > 0; i++)
		assert_ok(batches_round(&h.system, &done));
	assert_ok(batches_get(&desk, &b->id, b));
}

TEST(batches_are_made_in_the_background_in_their_order)
{
	struct call desk = open_desk();
	struct batch b;
	struct key_view *v;
	size_t n;

	assert_ok(batches_make(
	    &desk, "Conference", &visitors.id, orders(MANY), MANY, &b));
	assert_int_equal(b.state, BATCH_RUNNING);
	assert_int_equal(b.made, 0);
	run(&b, 1);
	assert_int_equal(b.made, BATCHES_CHUNK);
	assert_int_equal(b.state, BATCH_RUNNING);
	run(&b, 99);
	assert_int_equal(b.state, BATCH_DONE);
	assert_int_equal(b.made, MANY);
	assert_int_equal(b.wrong, 0);
	assert_string_equal(b.owner, "bob");
	assert_ok(batches_keys(&desk, &b.id, 0, 1000, &v, &n));
	assert_int_equal(n, MANY);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(v[i].person.name,
		    arena_printf(h.arena, "Guest %zu", i + 1));
		assert_int_equal(v[i].key.kind, KEY_GUEST);
		assert_int_equal(v[i].key.not_after, NOON + 3 * 86400);
		assert_int_equal(v[i].standing, KEY_IS_ACTIVE);
	}
	house_end(&h);
}

TEST(batches_say_which_rows_are_wrong_and_make_the_others)
{
	struct call desk = open_desk();
	struct batch_order *o = orders(5);
	struct batch_row *w;
	struct batch b;
	size_t n;

	o[1].pass.name = "";
	o[2].pass.departure = NOON - 5;
	o[3].wrong = "This is no date.";
	assert_ok(batches_make(&desk, "Class", &visitors.id, o, 5, &b));
	assert_int_equal(b.wrong, 3);
	run(&b, 9);
	assert_int_equal(b.made, 2);
	assert_int_equal(b.wrong, 3);
	assert_int_equal(b.state, BATCH_DONE);
	assert_ok(batches_wrong(&desk, &b.id, 10, &w, &n));
	assert_int_equal(n, 3);
	assert_int_equal(w[0].place, 2);
	assert_int_equal(w[1].place, 3);
	assert_string_equal(
	    w[1].wrong, "The departure has to be after the arrival.");
	assert_string_equal(w[2].wrong, "This is no date.");
	assert_string_equal(w[2].name, "Guest 4");
	house_end(&h);
}

TEST(batches_have_bounds_and_are_for_the_desk)
{
	struct call desk = open_desk();
	struct call ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	struct uid none = UID_NONE;
	struct batch b;

	assert_err(
	    batches_make(&desk, "x", &visitors.id, NULL, 0, &b), ERR_BAD_INPUT);
	assert_err(batches_make(&desk, "x", &visitors.id,
		       orders(BATCHES_ROWS + 1), BATCHES_ROWS + 1, &b),
	    ERR_BAD_INPUT);
	assert_err(batches_make(&desk, "", &visitors.id, orders(1), 1, &b),
	    ERR_BAD_INPUT);
	assert_err(batches_make(&desk, "x", &h.plan.id, orders(1), 1, &b),
	    ERR_BAD_INPUT);
	assert_err(batches_make(&ada, "x", &visitors.id, orders(1), 1, &b),
	    ERR_FORBIDDEN);
	assert_ok(batches_make(&desk, "x", &visitors.id, orders(1), 1, &b));
	assert_err(batches_get(&ada, &b.id, &b), ERR_FORBIDDEN);
	assert_err(batches_get(&desk, &none, &b), ERR_NOT_FOUND);
	assert_err(batches_stop(&ada, &b.id), ERR_FORBIDDEN);
	house_end(&h);
}

TEST(batches_stop_when_told_or_when_their_owner_may_no_more)
{
	struct call desk = open_desk();
	struct batch a, b;
	size_t done;

	assert_ok(batches_make(&desk, "a", &visitors.id, orders(150), 150, &a));
	run(&a, 1);
	assert_ok(batches_stop(&desk, &a.id));
	assert_err(batches_stop(&desk, &a.id), ERR_BAD_STATE);
	run(&a, 9);
	assert_int_equal(a.made, BATCHES_CHUNK);
	assert_int_equal(a.state, BATCH_STOPPED);

	assert_ok(batches_make(&desk, "b", &visitors.id, orders(150), 150, &b));
	run(&b, 1);
	house_sql(&h, "UPDATE person SET roles = 2 WHERE subject = 'bob'");
	run(&b, 9);
	assert_int_equal(b.state, BATCH_STOPPED);
	assert_int_equal(b.made, BATCHES_CHUNK);
	assert_string_equal(
	    b.why, "Whoever ordered it may no longer make guests.");
	assert_ok(batches_round(&h.system, &done));
	assert_int_equal(done, 0);
	house_end(&h);
}

TEST(batches_stop_when_their_plan_is_no_longer_for_guests)
{
	struct call desk = open_desk();
	struct batch b;

	assert_ok(batches_make(&desk, "a", &visitors.id, orders(3), 3, &b));
	assert_ok(rule_remove(&h.root, &rule));
	run(&b, 9);
	assert_int_equal(b.state, BATCH_STOPPED);
	assert_int_equal(b.made, 0);
	house_end(&h);
}

TEST(batches_forget_what_rows_said_and_end_after_a_month)
{
	struct call desk = open_desk();
	struct batch a, b, *list;
	size_t n;

	assert_ok(batches_make(&desk, "a", &visitors.id, orders(3), 3, &a));
	run(&a, 9);
	house_sql(&h, "DELETE FROM batch_row WHERE name <> ''");
	run(&a, 1);
	assert_int_equal(a.made, 3);
	desk.now += (BATCHES_KEPT + 1) * 86400;
	assert_ok(batches_make(&desk, "b", &visitors.id,
	    (struct batch_order[]){{.pass = {.name = "Zoe",
					.room = "",
					.mail = "",
					.language = "en"}}},
	    1, &b));
	assert_ok(batches_list(&desk, 9, &list, &n));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].title, "b");
	house_end(&h);
}
