/* Lists of many: each way to them tells the same, and none reads all. */
#include "tests/unit/service.h"

#include <sqlite3.h>

#include "core/db/driver.h"
#include "core/db/pgsql.h"
#include "core/service/act.h"
#include "core/service/insight.h"
#include "core/service/passes.h"
#include "core/store/columns.h"

static struct house h;

static const char *const texts[SQL_COUNT] = {
#define SQL(name, ...) __VA_ARGS__,
#include "core/store/sql.def"
#undef SQL
};

static struct key_view
make(const struct person *o, int64_t from, int64_t to)
{
	struct key_order order = {.person = o->id,
	    .network = h.net.id,
	    .plan = h.plan.id,
	    .name = "",
	    .not_before = from,
	    .not_after = to};
	struct key_view v;

	assert_ok(keys_issue(&h.root, &order, &v));
	return v;
}

/* Two of each standing but one that is revoked, an hour from noon. */
static void
furnish(void)
{
	struct key_view v;

	house_make(&h);
	for (int i = 0; i < 2; i++) {
		const struct person *o = i ? &h.ada : &h.bob;

		(void)make(o, 0, 0);
		(void)make(o, NOON + 7 * 86400, 0);
		(void)make(o, 0, NOON + 600);
		v = make(o, 0, 0);
		assert_ok(keys_suspend(&h.root, &v.key.id, ""));
	}
	v = make(&h.ada, 0, 0);
	assert_ok(keys_revoke(&h.root, &v.key.id, ""));
	h.root.now = NOON + 3600;
}

/* One by one, as pages of one: all of that standing and all different. */
static size_t
leaf(struct key_filter f, enum key_standing s)
{
	struct key_view *v, before = {.devices = 0};
	size_t n, total = 1, at = 0;

	f.standing = (int)s;
	f.limit = 1;
	for (; at < total; at++, before = v[0]) {
		f.offset = at;
		assert_ok(keys_list(&h.root, &f, &v, &n, &total));
		if (total == 0)
			return 0;
		assert_int_equal(n, 1);
		assert_int_equal(v[0].standing, s);
		assert_true(at == 0 || before.key.created > v[0].key.created ||
			    strcmp(before.key.id.s, v[0].key.id.s) < 0);
	}
	f.offset = at;
	assert_ok(keys_list(&h.root, &f, &v, &n, &total));
	assert_int_equal(n, 0);
	assert_int_equal(total, at);
	return at;
}

TEST(lists_by_standing_agree_with_search_and_count)
{
	static const size_t want[] = {[KEY_IS_SCHEDULED] = 2,
	    [KEY_IS_ACTIVE] = 2,
	    [KEY_IS_SUSPENDED] = 2,
	    [KEY_IS_EXPIRED] = 2,
	    [KEY_IS_REVOKED] = 1};
	struct insight_keys counted;
	struct insight_house house;

	furnish();
	assert_ok(insight_keys(&h.root, &counted));
	assert_ok(insight_house(&h.root, &house));
	assert_int_equal(house.keys_active, want[KEY_IS_ACTIVE]);
	for (enum key_standing s = KEY_IS_SCHEDULED; s <= KEY_IS_REVOKED; s++) {
		assert_int_equal(counted.n[s], want[s]);
		assert_int_equal(leaf((struct key_filter){0}, s), want[s]);
		assert_int_equal(
		    leaf((struct key_filter){.network = h.net.id}, s), want[s]);
		assert_int_equal(
		    leaf((struct key_filter){.search = "A"}, s) +
			leaf((struct key_filter){.search = "zz"}, s),
		    leaf((struct key_filter){.plan = h.plan.id, .search = "a"},
			s));
		assert_int_equal(
		    leaf((struct key_filter){.search = h.ada.name}, s), 1);
	}
	house_end(&h);
}

/* --- searches: each once, and how many there are, whatever the page --- */

static void
search_page(bool guests, const char *search, size_t offset, size_t limit,
    struct key_view **v, size_t *n, size_t *total)
{
	if (guests)
		assert_ok(passes_list(&h.root,
		    &(struct pass_filter){
			.search = search, .offset = offset, .limit = limit},
		    v, n, total));
	else
		assert_ok(keys_list(&h.root,
		    &(struct key_filter){.standing = -1,
			.search = search,
			.offset = offset,
			.limit = limit},
		    v, n, total));
}

static bool
is_like(const struct key_view *v, bool guests, const char *search)
{
	return strcasestr(v->key.name, search) ||
	       strcasestr(v->person.name, search) ||
	       (guests && strcasestr(v->person.mail, search));
}

/* Of ALL those that are like SEARCH, in their order, in pages of LIMIT. */
static void
search_agrees(bool guests, const char *search, size_t limit)
{
	struct key_view *all, *v;
	size_t nall, n, total, at = 0, want = 0;

	search_page(guests, "", 0, 0, &all, &nall, &total);
	for (size_t i = 0; i < nall; i++)
		want += is_like(&all[i], guests, search);
	for (size_t i = 0; i < nall; i++) {
		if (!is_like(&all[i], guests, search))
			continue;
		search_page(
		    guests, search, at / limit * limit, limit, &v, &n, &total);
		assert_int_equal(total, want);
		assert_true(n > at % limit);
		assert_string_equal(v[at % limit].key.id.s, all[i].key.id.s);
		at++;
	}
	search_page(guests, search, want + 3, limit, &v, &n, &total);
	assert_int_equal(n, 0);
	assert_int_equal(total, want);
}

TEST(searches_find_each_once_and_say_how_many)
{
	static const char *const searches[] = {
	    "ada", "BOB", "a", "example.org", "zz", "100%", "_", "!"};

	furnish();
	house_sql(&h, "UPDATE wifi_key SET name = CASE state WHEN 'active'"
		      " THEN 'Ada''s 100%' WHEN 'revoked' THEN 'wow!'"
		      " ELSE 'Phone_1' END");
	house_sql(&h, "UPDATE wifi_key SET kind = 'guest' WHERE not_after = 0");
	for (int guests = 0; guests < 2; guests++)
		for (size_t i = 0; i < sizeof(searches) / sizeof(*searches);
		     i++)
			for (size_t limit = 1; limit < 6; limit++)
				search_agrees(guests, searches[i], limit);
	house_end(&h);
}

static bool
plan_says(enum sql sql, const char *words)
{
	const char *text =
	    arena_printf(h.arena, "EXPLAIN QUERY PLAN %s", texts[sql]);
	sqlite3_stmt *st = NULL;
	bool said = false;

	assert_int_equal(
	    sqlite3_prepare_v2(h.store->db->h, text, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		said |= strstr((const char *)sqlite3_column_text(st, 3),
			    words) != NULL;
	sqlite3_finalize(st);
	return said;
}

/* One damaged row is left out; it does not end the list. */
TEST(lists_go_on_behind_a_damaged_row)
{
	struct key_filter f = {.standing = -1, .limit = 4};
	struct key_view *v;
	struct person *o;
	size_t n, total, all;

	furnish();
	assert_ok(keys_list(&h.root, &f, &v, &n, &all));
	assert_int_equal(n, 4);
	house_sql(&h, "UPDATE wifi_key SET state = 'odd' WHERE id = (SELECT id"
		      " FROM wifi_key ORDER BY created DESC, id LIMIT 1)");
	assert_ok(keys_list(&h.root, &f, &v, &n, &total));
	assert_int_equal(n, 3);
	assert_int_equal(total, all);
	house_sql(&h, "UPDATE person SET state = 'odd'"
		      " WHERE name = 'Bob'");
	assert_ok(people_list(&h.root, "", 0, 1, &o, &n, &total));
	assert_int_equal(total, 2);
	house_end(&h);
}

static int64_t
people(void)
{
	int64_t n;

	assert_ok(store_count(h.store, SQL_PERSON_COUNT, &n));
	return n;
}

static void
add_people(int from, int to)
{
	house_sql(&h,
	    arena_printf(h.arena,
		"INSERT INTO person(id, issuer, subject, name, mail, language,"
		" roles, groups_known, state, state_reason, state_since,"
		" terms_at, last_sign_in, created, version) WITH RECURSIVE"
		" i(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM i WHERE"
		" n < %d) SELECT '7p' || n, 'https://login.example.org', n, '',"
		" '', 'en', 0, 0, 'active', '', 0, 0, 0, 0, 1 FROM i",
		from, to));
}

/* Few are counted each time, many when something was announced. */
TEST(many_are_not_counted_each_time)
{
	int64_t few, seq;

	furnish();
	few = people();
	add_people(1, 1);
	assert_int_equal(people(), few + 1);
	add_people(2, STORE_MANY);
	assert_int_equal(people(), few + STORE_MANY);
	assert_int_equal(people(), few + STORE_MANY); /* and held from here */
	add_people(STORE_MANY + 1, STORE_MANY + 1);
	assert_int_equal(people(), few + STORE_MANY);
	assert_ok(store_counter_next(h.store, "change", &seq));
	assert_int_equal(people(), few + STORE_MANY + 1);
	house_sql(&h, "DELETE FROM person WHERE id = '7p1'");
	assert_int_equal(people(), few + STORE_MANY + 1);
	(void)make(&h.ada, 0, 0); /* a change by this connection */
	assert_int_equal(people(), few + STORE_MANY);
	house_sql(&h, "DELETE FROM person WHERE id LIKE '7p%'");
	assert_ok(store_counter_next(h.store, "change", &seq));
	assert_int_equal(people(), few);
	add_people(1, 1);
	assert_int_equal(people(), few + 1);
	house_end(&h);
}

/* --- far pages: read from the other end, and still all of them in order --- */

enum { LEAF = 500, FURTHER = 6222 };
#define FURTHER_TEXT "6222"
_Static_assert(FURTHER > ACT_FAR + 2 * LEAF, "pages are far enough");

#define EACH(into)                                                             \
	"INSERT INTO " into " WITH RECURSIVE i(n) AS (SELECT CAST(1 AS"        \
	" BIGINT) UNION ALL SELECT n + 1 FROM i WHERE n < " FURTHER_TEXT       \
	") SELECT '7"
#define ID                                                                     \
	"0000000000000' || substr(CAST(100000000000 + n * 7919731 %"           \
	" 99999999977 AS TEXT), 2)"
#define PAIR(at) "substr(CAST(1000000 + n AS TEXT), " at ", 2)"
#define ODD_MAC                                                                \
	"'02-00-00-' || " PAIR("2") " || '-' || " PAIR("4") " || '-' ||"       \
							    " " PAIR("6")
#define ODD_TIME "n * 7 % 99"
#define KEYS(print)                                                            \
	EACH("wifi_key(id, network, plan, kind, name, state, reason,"          \
	     " not_before, not_after, first_used, last_used, created,"         \
	     " version, generation, passphrase, pmk, fingerprint)")            \
	"k" ID ", k.network, k.plan, k.kind, '', 'active', '', 0, 0, 0, 0,"    \
	" " ODD_TIME ", 1, 1, k.pmk, k.pmk, " print " FROM i, (SELECT * FROM"  \
	" wifi_key ORDER BY id LIMIT 1) k"

#define PEOPLE                                                                 \
	EACH("person(id, issuer, subject, name, mail, language, roles,"        \
	     " groups_known, state, state_reason, state_since, terms_at,"      \
	     " last_sign_in, created, version)")                               \
	"p" ID ", 'https://login.example.org', n, '', '', 'en', 0, 0,"         \
	" 'active', '', 0, 0, " ODD_TIME ", 0, 1 FROM i"
#define DEVICES                                                                \
	EACH("device(id, network, mac, name, origin, blocked, first_seen,"     \
	     " last_seen, version, octets_in, octets_out)")                    \
	"d" ID ", k.id, " ODD_MAC ", '', 'learnt', 1, 0, " ODD_TIME ", 1, 0,"  \
	" 0 FROM i, network k"
#define VISITS                                                                 \
	EACH("visit(id, session, mac, \"start\", \"last\", stop, octets_in,"   \
	     " octets_out, stop_cause, nas, reported)")                        \
	"v" ID ", n, " ODD_MAC ", " ODD_TIME ", 99, 99, 0, 0, 0, '', 0 FROM i"

/* Keys by standing at noon and after, of what is suspended and all. */
static void
tally(size_t *suspended, size_t *all)
{
	struct insight_keys k;

	assert_ok(insight_keys(&h.root, &k));
	*suspended = k.n[KEY_IS_SUSPENDED];
	*all = 0;
	for (int i = 0; i <= KEY_IS_REVOKED; i++)
		*all += k.n[i];
}

static void
add_keys(void)
{
	house_sql(
	    &h, where_pgsql() ? KEYS("int8send(n)") : KEYS("CAST(n AS BLOB)"));
}

/* Of few passwords every change shows at once, of many one that was announced:
 * a list by standing says how many there are by this. */
TEST(many_passwords_are_not_tallied_each_time)
{
	const struct key_filter f = {.standing = KEY_IS_SUSPENDED, .limit = 1};
	struct key_view *v;
	size_t suspended, all, few, n, total;
	int64_t seq;

	furnish();
	tally(&suspended, &few);
	assert_int_equal(suspended, 2);
	house_sql(&h, "UPDATE wifi_key SET state = 'active'"
		      " WHERE state = 'suspended'");
	tally(&suspended, &all);
	assert_int_equal(suspended, 0);
	assert_int_equal(all, few);

	add_keys();
	house_sql(&h, "UPDATE wifi_key SET id = '8' || substr(id, 2),"
		      " fingerprint = pmk || fingerprint"
		      " WHERE created < 99");
	add_keys();
	tally(&suspended, &all);
	tally(&suspended, &all); /* and held from here */
	assert_int_equal(all, few + 2 * (size_t)FURTHER);
	assert_int_equal(suspended, 0);
	house_sql(&h, "UPDATE wifi_key SET state = 'suspended'"
		      " WHERE created < 99 AND id LIKE '7k%5'");
	tally(&suspended, &all);
	assert_int_equal(suspended, 0);
	assert_ok(store_counter_next(h.store, "change", &seq));
	tally(&suspended, &all);
	assert_in_range(suspended, 2, FURTHER);
	assert_ok(keys_list(&h.root, &f, &v, &n, &total));
	assert_int_equal(n, 1);
	assert_int_equal(total, suspended);
	house_end(&h);
}

/* So many of each, some at the same time as others. */
static void
add_far(void)
{
	house_sql(&h, PEOPLE);
	add_keys();
	house_sql(&h, DEVICES);
	house_sql(&h, VISITS);
}

/* Its page from AT: when the first and the last are of, and what they are. */
typedef size_t
far_page(size_t at, int64_t when[2], struct uid ids[2], size_t *total);

#define FAR_PAGE(name, type, call, TIME, UID)                                  \
	static size_t name(                                                    \
	    size_t at, int64_t when[2], struct uid ids[2], size_t *total)      \
	{                                                                      \
		struct type *v;                                                \
		size_t n;                                                      \
                                                                               \
		assert_ok(call);                                               \
		for (size_t i = 0; i + 1 < n; i++)                             \
			assert_true(                                           \
			    v[i].TIME > v[i + 1].TIME ||                       \
			    (v[i].TIME == v[i + 1].TIME &&                     \
				strcmp(v[i].UID.s, v[i + 1].UID.s) < 0));      \
		if (n > 0) {                                                   \
			when[0] = v[0].TIME;                                   \
			when[1] = v[n - 1].TIME;                               \
			ids[0] = v[0].UID;                                     \
			ids[1] = v[n - 1].UID;                                 \
		}                                                              \
		return n;                                                      \
	}

FAR_PAGE(far_people, person, people_list(&h.root, "", at, LEAF, &v, &n, total),
    last_sign_in, id)
FAR_PAGE(far_keys, key_view,
    keys_list(&h.root,
	&(struct key_filter){.standing = -1, .offset = at, .limit = LEAF}, &v,
	&n, total),
    key.created, key.id)
FAR_PAGE(far_devices, device_view,
    devices_list(&h.root, &(struct device_filter){.offset = at, .limit = LEAF},
	&v, &n, total),
    device.last_seen, device.id)
FAR_PAGE(far_shut, device_view,
    devices_list(&h.root,
	&(struct device_filter){
	    .which = DEVICES_BLOCKED, .offset = at, .limit = LEAF},
	&v, &n, total),
    device.last_seen, device.id)
FAR_PAGE(far_visits, visit_view,
    visits_list(&h.root, &(struct visit_filter){.offset = at, .limit = LEAF},
	&v, &n, total),
    visit.start, visit.id)

TEST(far_pages_are_the_same_from_either_end)
{
	static far_page *const all[] = {
	    far_people, far_keys, far_devices, far_shut, far_visits};

	furnish();
	add_far();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		int64_t when[2], last = INT64_MAX;
		struct uid id[2], before = UID_NONE;
		size_t n, at = 0, total;

		for (; (n = all[i](at, when, id, &total)) > 0; at += n) {
			arena_reset(h.arena);
			assert_true(
			    last > when[0] ||
			    (last == when[0] && strcmp(before.s, id[0].s) < 0));
			last = when[1];
			before = id[1];
		}
		assert_true(at >= FURTHER);
		assert_int_equal(total, at);
		assert_int_equal(all[i](at - 3, when, id, &total), 3);
		assert_string_equal(id[1].s, before.s);
		assert_int_equal(total, at);
	}
	house_end(&h);
}

static void
costs(const char *url, const char *want)
{
	const struct store_place at = {.url = url};
	char why[DB_WHY];
	struct store *st;
	PGresult *r;

	assert_ok(store_open(&at, false, false, &st, why));
	r = PQexec(st->db->pg->c, "SHOW random_page_cost");
	assert_string_equal(PQgetvalue(r, 0, 0), want);
	PQclear(r);
	store_close(st);
}

/* What the owner of a server says of its disks holds. */
TEST(a_server_prefers_indexes_unless_told_otherwise)
{
	if (!where_pgsql())
		return;
	house_make(&h);
	costs(h.at.url, "1.1");
	costs(arena_printf(h.arena, "%s%%20-crandom_page_cost%%3D2", h.at.url),
	    "2");
	house_end(&h);
}

TEST(lists_are_read_in_the_order_of_an_index)
{
	static const struct {
		enum sql sql;
		const char *by;
	} all[] = {{SQL_KEY_VIEW_ALL, "COVERING INDEX wifi_key_recent"},
	    {SQL_KEY_VIEW_OFF, "COVERING INDEX wifi_key_off (state=?)"},
	    {SQL_KEY_VIEW_SCHEDULED, "COVERING INDEX wifi_key_live"},
	    {SQL_KEY_VIEW_ACTIVE, "COVERING INDEX wifi_key_live"},
	    {SQL_KEY_VIEW_EXPIRED, "COVERING INDEX wifi_key_live"},
	    {SQL_KEY_FOUND, "COVERING INDEX wifi_key_recent"},
	    {SQL_KEY_FOUND, "COVERING INDEX person_recent"},
	    {SQL_KEY_FOUND_AMONG, "COVERING INDEX wifi_key_recent"},
	    {SQL_KEY_TALLY, "COVERING INDEX wifi_key_until"},
	    {SQL_KEY_TALLY, "COVERING INDEX wifi_key_from"},
	    {SQL_PASS_ALL, "COVERING INDEX wifi_key_guest"},
	    {SQL_PASS_ARRIVALS, "INDEX wifi_key_arrives (<expr>>?"},
	    {SQL_PASS_DEPARTURES, "INDEX wifi_key_departs (not_after>?"},
	    {SQL_PASS_FOUND, "COVERING INDEX wifi_key_guest"},
	    {SQL_PASS_FOUND, "COVERING INDEX person_recent"},
	    {SQL_PERSON_SEARCH, "INDEX person_recent"},
	    {SQL_PERSON_SEARCH_COUNT, "INDEX person_recent"},
	    {SQL_PERSON_LIST, "COVERING INDEX person_recent"},
	    {SQL_PERSON_LIST_BACK, "COVERING INDEX person_recent"},
	    {SQL_KEY_VIEW_ALL_BACK, "COVERING INDEX wifi_key_recent"},
	    {SQL_DEVICE_VIEW_ALL_BACK, "COVERING INDEX device_recent"},
	    {SQL_DEVICE_VIEW_SHUT_BACK, "COVERING INDEX device_blocked"},
	    {SQL_VISIT_LIST_EVER, "COVERING INDEX visit_recent"},
	    {SQL_VISIT_LIST_EVER_BACK, "COVERING INDEX visit_recent"},
	    {SQL_DEVICE_VIEW_ALL, "COVERING INDEX device_recent"},
	    {SQL_DEVICE_VIEW_SHUT, "COVERING INDEX device_blocked"},
	    {SQL_VISIT_LIST_ALL, "COVERING INDEX visit_recent"},
	    {SQL_VISIT_LIST_ALL_COUNT, "COVERING INDEX visit_"},
	    {SQL_INSIGHT_TOP, "COVERING INDEX visit_heard (last>?)"},
	    {SQL_INSIGHT_DAYS, "COVERING INDEX visit_heard (last>?)"},
	    {SQL_INSIGHT_DAYS,
		"INDEX device_recent (last_seen>? AND last_seen<?)"},
	    {SQL_INSIGHT_HOUSE, "COVERING INDEX device_recent (last_seen>?)"},
	    {SQL_INSIGHT_HOUSE, "COVERING INDEX wifi_key_idle (used_day<?)"},
	    {SQL_INSIGHT_HOUSE, "INDEX wifi_key_idle (used_day=?"},
	    {SQL_INSIGHT_HOUSE, "(not_after>? AND not_after<?)"},
	    {SQL_AUDIT_FIND, "INDEX sqlite_autoindex_audit_1 (seq<?)"},
	    {SQL_AUDIT_FIND_ACT, "INDEX audit_act (act=? AND seq<?)"},
	    {SQL_AUDIT_FIND_ID, "INDEX audit_id (id=? AND seq<?)"},
	    {SQL_AUDIT_FIND_DAYS, "INDEX audit_at (at>? AND (at,seq)<(?,?))"},
	    {SQL_AUDIT_FIND_ACT_DAYS, "INDEX audit_act_at (act=? AND"}};

	if (where_pgsql())
		return;
	house_make(&h);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (!plan_says(all[i].sql, all[i].by))
			fail_msg("%s without %s", texts[all[i].sql], all[i].by);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_false(plan_says(all[i].sql, "AUTOMATIC"));
	house_end(&h);
}
