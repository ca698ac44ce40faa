#include "tests/unit/service.h"

#include "core/service/life.h"

static struct house h;
static char head[65];

static int64_t
first_bad(const char *expect, int64_t seq)
{
	int64_t bad, last;

	assert_ok(audit_verify(&h.root, expect, seq, &bad, &last, head));
	return bad;
}

static int64_t
rows(void)
{
	int64_t bad, last;

	assert_ok(audit_verify(&h.root, NULL, 0, &bad, &last, head));
	assert_int_equal(bad, 0);
	return last;
}

TEST(audit_holds_a_row_for_every_change)
{
	struct audit_row *row;
	struct key_view v;
	size_t n;

	house_make(&h);
	v = house_key(&h, &h.ada);
	assert_ok(keys_revoke(&h.root, &v.key.id,
		      "lost \"it\"\n"
		      "no") == ERR_BAD_INPUT
		      ? ERR_OK
		      : ERR_INTERNAL);
	assert_ok(keys_revoke(&h.root, &v.key.id, "lost \"it\""));
	assert_ok(audit_list(&h.root, NULL, &v.key.id, 0, 10, &row, &n));
	assert_int_equal(n, 2);
	assert_string_equal(row[0].act, "key.revoke");
	assert_non_null(strstr(row[0].detail, "\"lost \\\"it\\\"\""));
	assert_string_equal(row[1].act, "key.issue");
	assert_non_null(strstr(row[1].actor, "person:ada:"));
	assert_ok(audit_list(&h.root, "key.revoke", NULL, 0, 10, &row, &n));
	assert_int_equal(n, 1);
	house_end(&h);
}

static size_t
found(struct audit_filter f)
{
	struct audit_row *row;
	struct audit_more more;
	size_t n;

	f.limit = 100;
	assert_ok(audit_find(&h.root, &f, &row, &n, &more));
	assert_true(more.before == 0);
	for (size_t i = 1; i < n; i++)
		assert_true(row[i].seq < row[i - 1].seq);
	return n;
}

#define FOUND(...) found((struct audit_filter){__VA_ARGS__})

TEST(audit_is_searched_by_who_by_what_it_was_done_to_and_by_the_time)
{
	int64_t day = 86400, then;
	struct key_view v;

	house_make(&h);
	then = h.root.now;
	h.root.now = then + 10 * day;
	v = house_key(&h, &h.ada);
	h.root.now += day;
	assert_ok(keys_revoke(&h.root, &v.key.id, "lost on the ferry"));
	/* of the password: by its name, its id, and what is told of it */
	assert_int_equal(FOUND(.search = v.key.id.s), 2);
	assert_int_equal(FOUND(.search = "FERRY"), 1);
	assert_int_equal(FOUND(.search = "ferry", .act = "key.issue"), 0);
	assert_int_equal(FOUND(.search = "nobody is called so"), 0);
	assert_int_equal(FOUND(.search = "%"), 0);
	/* of somebody, who is not named in what is told */
	assert_true(FOUND(.search = h.ada.mail) > 0);
	/* by the time, whose end is not in it */
	assert_int_equal(FOUND(.what = v.key.id, .from = then + 10 * day), 2);
	assert_int_equal(FOUND(.what = v.key.id, .until = then + 11 * day), 1);
	assert_int_equal(FOUND(.what = v.key.id, .from = then + 11 * day,
			     .until = then + 11 * day + 1),
	    1);
	assert_int_equal(FOUND(.from = then + 12 * day), 0);
	assert_int_equal(FOUND(.until = 1), 0);
	assert_int_equal(
	    FOUND(.from = then + 10 * day, .until = then + 12 * day), 2);
	house_end(&h);
}

/* Clocks are set: a row may be older than the one before it. */
TEST(audit_by_the_time_finds_what_was_written_while_the_clock_was_wrong)
{
	struct key_view v;

	house_make(&h);
	v = house_key(&h, &h.ada);
	h.root.now += 900000;
	assert_ok(keys_suspend(&h.root, &v.key.id, "ahead"));
	h.root.now -= 720000;
	assert_ok(keys_restore(&h.root, &v.key.id));
	assert_int_equal(FOUND(.what = v.key.id, .from = h.root.now,
			     .until = h.root.now + 1),
	    1);
	assert_int_equal(FOUND(.what = v.key.id, .from = h.root.now + 1), 1);
	house_end(&h);
}

enum { ACTS = 3 * AUDIT_LOOK, EVERY = 1000 };
#define ACT_AT(n) (NOON - 86400 * 100 + (n)*60)

/* Acts that number on from those there are, a minute apart, long ago. */
static void
add_acts(void)
{
	house_sql(&h,
	    arena_printf(h.arena,
		"INSERT INTO audit(seq, at, actor, act, noun, id, detail, hash)"
		" WITH RECURSIVE i(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL"
		" SELECT n + 1 FROM i WHERE n < %d) SELECT a.last + n,"
		" %lld + n * 60, 'system:system:', CASE WHEN n %% 2 = 0 THEN"
		" 'even' ELSE 'odd' END, 'key', '', CASE WHEN n %% %d = 0 THEN"
		" '{\"reason\":\"needle\"}' ELSE '{}' END, a.hash FROM i,"
		" (SELECT seq AS last, hash FROM audit ORDER BY seq DESC"
		" LIMIT 1) a",
		ACTS, (long long)ACT_AT(0), EVERY));
}

/* Goes on to the end, and says how many requests that took; FOUND: all of
 * them, each once. */
static size_t
to_the_end(struct audit_filter f, size_t *found)
{
	struct audit_more more = {0};
	struct audit_row *row;
	int64_t last = INT64_MAX;
	size_t asked = 0, n;

	*found = 0;
	do {
		f.before = more.before;
		assert_ok(audit_find(&h.root, &f, &row, &n, &more));
		assert_true(n <= f.limit);
		assert_true(more.cut == (n < f.limit && more.before != 0));
		for (size_t i = 0; i < n; i++) {
			assert_true(row[i].seq < last);
			last = row[i].seq;
		}
		assert_true(more.before <= last);
		assert_true(n < f.limit || more.before == last);
		*found += n;
		asked++;
		arena_reset(h.arena);
	} while (more.before != 0);
	return asked;
}

#define TO_THE_END(found, ...)                                                 \
	to_the_end((struct audit_filter){__VA_ARGS__}, (found))

/* However rare what is looked for, a request reads so many and no more; going
 * on from there finds all that there is. */
TEST(a_search_of_the_audit_goes_back_step_by_step_and_misses_nothing)
{
	struct audit_more more;
	struct audit_row *row;
	size_t n, all;
	struct audit_filter f = {.search = "needle", .limit = 100};

	house_make(&h);
	add_acts();
	assert_ok(audit_find(&h.root, &f, &row, &n, &more));
	assert_int_equal(n, AUDIT_LOOK / EVERY);
	assert_true(more.cut);
	assert_int_equal(more.at, ACT_AT(ACTS - AUDIT_LOOK + 1));
	/* by each way to the rows: all, of one kind, of some days, of both */
	assert_int_equal(TO_THE_END(&all, .limit = 100, .search = "needle"), 4);
	assert_int_equal(all, ACTS / EVERY);
	assert_int_equal(
	    TO_THE_END(&all, .limit = 100, .search = "none such"), 4);
	assert_int_equal(all, 0);
	assert_int_equal(
	    TO_THE_END(&all, .limit = 100, .search = "needle", .act = "even"),
	    2);
	assert_int_equal(all, ACTS / EVERY);
	assert_int_equal(
	    TO_THE_END(&all, .limit = 100, .search = "needle", .act = "odd"),
	    2);
	assert_int_equal(all, 0);
	assert_int_equal(TO_THE_END(&all, .limit = 100, .search = "needle",
			     .from = ACT_AT(EVERY + 1), .until = ACT_AT(ACTS)),
	    3);
	assert_int_equal(all, ACTS / EVERY - 2);
	assert_int_equal(
	    TO_THE_END(&all, .limit = 100, .search = "needle", .act = "even",
		.from = ACT_AT(EVERY + 1), .until = ACT_AT(ACTS)),
	    2);
	assert_int_equal(all, ACTS / EVERY - 2);
	/* of what is found everywhere a page is full */
	assert_int_equal(TO_THE_END(&all, .limit = 1000, .search = "system:"),
	    ACTS / 1000 + 1);
	assert_true(all >= ACTS);
	house_end(&h);
}

/* Where days are given, their order is that of the time; without any search a
 * page is short at the end only. */
TEST(pages_of_the_audit_of_some_days_go_on_where_one_ended)
{
	struct audit_row *row;
	struct audit_more more = {0};
	struct audit_filter f = {
	    .from = ACT_AT(1), .until = ACT_AT(251), .limit = 100};
	int64_t seq[3];

	house_make(&h);
	add_acts();
	/* a clock that was wrong: the second act of the days was written last
	 */
	house_sql(&h, "UPDATE audit SET seq = seq + 1000000"
		      " WHERE seq = (SELECT seq FROM audit"
		      " WHERE at = (SELECT min(at) FROM audit) + 60)");
	for (size_t i = 0, n; i < 3; i++) {
		f.before = more.before;
		assert_ok(audit_find(&h.root, &f, &row, &n, &more));
		assert_int_equal(n, i < 2 ? 100 : 50);
		assert_int_equal(row[0].at, ACT_AT(250 - 100 * (int)i));
		assert_int_equal(
		    row[n - 1].at, ACT_AT(i < 2 ? 151 - 100 * (int)i : 1));
		assert_false(more.cut);
		seq[i] = row[n - 1].seq;
	}
	assert_true(more.before == 0);
	assert_true(seq[0] > seq[1] && seq[1] > seq[2]);
	f.before = INT64_MAX - 1; /* no such row, or one that was cut off */
	assert_ok(audit_find(&h.root, &f, &row, &f.limit, &more));
	assert_int_equal(f.limit, 0);
	assert_true(more.before == 0);
	house_end(&h);
}

TEST(audit_is_for_auditors)
{
	struct audit_row *row;
	struct call c;
	size_t n;

	house_make(&h);
	c = house_call(&h, &h.ada, 1 << ROLE_PERSON | 1 << ROLE_OPERATOR);
	assert_err(audit_list(&c, NULL, NULL, 0, 10, &row, &n), ERR_FORBIDDEN);
	c = house_call(&h, &h.ada, 1 << ROLE_AUDITOR);
	assert_ok(audit_list(&c, NULL, NULL, 0, 10, &row, &n));
	assert_true(n > 4);
	house_end(&h);
}

/* S-13 */
TEST(audit_shows_change_removal_insertion_and_reordering)
{
	static const struct {
		const char *sql;
		int64_t bad;
	} attacks[] = {
	    {"UPDATE audit SET detail='{}' WHERE seq=3", 3},
	    {"UPDATE audit SET actor='cli::' WHERE seq=2", 2},
	    {"UPDATE audit SET at=at+1 WHERE seq=4", 4},
	    {"DELETE FROM audit WHERE seq=3", 3},
	    {"DELETE FROM audit WHERE seq=1", 1},
	    {"DELETE FROM audit WHERE seq=3;"
	     "UPDATE audit SET seq=seq-1 WHERE seq>3",
		3},
	    {"UPDATE audit SET seq=1000 WHERE seq=3;"
	     "UPDATE audit SET seq=3 WHERE seq=4;"
	     "UPDATE audit SET seq=4 WHERE seq=1000",
		3},
	    {"INSERT INTO audit SELECT (SELECT max(seq)+1 FROM audit),at,"
	     "actor,act,noun,id,detail,hash FROM audit WHERE seq=2",
		-1},
	};

	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		int64_t last, bad;

		house_make(&h);
		last = rows();
		house_sql(&h, attacks[i].sql);
		bad = first_bad(NULL, 0);
		assert_int_equal(
		    bad, attacks[i].bad < 0 ? last + 1 : attacks[i].bad);
		house_end(&h);
	}
}

/* S-13 */
TEST(audit_shows_a_cut_tail_by_its_head_and_by_the_one_kept_elsewhere)
{
	char kept[65];
	int64_t last;

	house_make(&h);
	last = rows();
	memcpy(kept, head, sizeof(kept));
	assert_int_equal(first_bad(kept, last), 0);
	house_sql(&h, "DELETE FROM audit WHERE seq=(SELECT max(seq) FROM "
		      "audit)");
	assert_int_equal(first_bad(NULL, 0), last);
	/* who cuts the stored head as well */
	house_sql(&h, "UPDATE chain SET seq=(SELECT max(seq) FROM audit),"
		      " hash=(SELECT hash FROM audit ORDER BY seq DESC "
		      "LIMIT 1)");
	assert_int_equal(first_bad(NULL, 0), 0);
	assert_int_equal(first_bad(kept, last), last);
	house_end(&h);
}

/* S-14, S-15: what cannot be written down is not shown */
TEST(audit_that_cannot_be_written_stops_the_act)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct key_view v;
	struct call ada;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	v = house_key(&h, &h.ada);
	where_break(&h.at, "audit");
	assert_true(keys_reveal(&ada, &v.key.id, "screen", &s) != ERR_OK);
	assert_int_equal(s.len, 0);
	assert_true(keys_revoke(&ada, &v.key.id, "") != ERR_OK);
	where_mend(&h.at);
	assert_ok(keys_get(&ada, &v.key.id, &v));
	assert_int_equal(v.standing, KEY_IS_ACTIVE);
	assert_ok(keys_reveal(&ada, &v.key.id, "screen", &s));
	house_end(&h);
}

TEST(audit_note_takes_an_object)
{
	struct audit_row *row;
	size_t n;

	house_make(&h);
	assert_err(audit_note(&h.root, "x.y", NOUN_STORE, NULL, "no object"),
	    ERR_INTERNAL);
	assert_ok(audit_note(
	    &h.root, "signin.refused", NOUN_SESSION, NULL, "{\"reason\":1}"));
	assert_ok(audit_list(&h.root, "signin.refused", NULL, 0, 9, &row, &n));
	assert_string_equal(row[0].detail, "{\"reason\":1}");
	house_end(&h);
}

#define DAY INT64_C(86400)

/* Retention: the old end goes, the rest is proved, and nobody else can cut. */
TEST(audit_is_trimmed_by_housekeeping_and_by_nobody_else)
{
	struct life_policy p = life_usual;
	struct life_done d;
	struct audit_row *row;
	char again[65];
	int64_t bad, last, before;
	size_t n;

	house_make(&h);
	(void)house_key(&h, &h.ada);
	h.system.now = NOON;
	assert_ok(life_tick(&h.system, NULL, &d));
	assert_ok(audit_verify(&h.root, NULL, 0, &bad, &before, again));
	assert_int_equal(bad, 0);
	/* years on (the store was made by the real clock), something happens,
	 * and what is older than one day goes
	 */
	h.root.now = h.system.now = NOON + 4000 * DAY;
	assert_ok(life_tick(&h.system, NULL, &d)); /* the clock jumped */
	h.root.now = h.system.now = NOON + 4000 * DAY + LIFE_DOUBT + 60;
	(void)house_key(&h, &h.ada);
	p.audit = DAY;
	assert_ok(life_tick(&h.system, &p, &d));
	assert_ok(audit_list(&h.root, NULL, NULL, 0, 100, &row, &n));
	assert_string_equal(row[0].act, "audit.trim");
	assert_true(row[n - 1].at > NOON + 3999 * DAY);
	assert_ok(audit_verify(&h.root, NULL, 0, &bad, &last, again));
	assert_int_equal(bad, 0);
	assert_true(last > before);
	/* once a minute, but nothing more to cut: no further row */
	h.system.now += 120;
	assert_ok(life_tick(&h.system, &p, &d));
	assert_ok(audit_list(&h.root, "audit.trim", NULL, 0, 9, &row, &n));
	assert_int_equal(n, 1);
	/* somebody with the database cuts one row more, with its true hash */
	house_sql(&h, "UPDATE chain SET seq = seq + 1, hash = (SELECT hash FROM"
		      " audit WHERE audit.seq = chain.seq + 1)"
		      " WHERE name = 'audit.start';"
		      "DELETE FROM audit WHERE seq = (SELECT min(seq)"
		      " FROM audit)");
	assert_ok(audit_verify(&h.root, NULL, 0, &bad, &last, again));
	assert_true(bad > 0);
	house_end(&h);
}
