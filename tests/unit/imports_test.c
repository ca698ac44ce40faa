#include "tests/unit/meanwhile.h"
#include "tests/unit/service.h"

#include "core/service/imports.h"
#include "core/service/units.h"

static struct house h;
static struct import_row *rows;
static size_t nrows;

static enum err
take(
    enum import_kind kind, const struct uid *plan, const char *text, bool trial)
{
	OWN(imports) struct imports s;
	enum err e;

	rows = NULL;
	nrows = 0;
	if ((e = imports_open(&h.root, &s, kind, text, strlen(text))))
		return e;
	s.trial = trial;
	s.plan = *plan;
	return imports_next(&h.root, &s, &rows, &nrows);
}

static enum err
import(enum import_kind kind, const char *text, bool trial)
{
	return take(kind, &h.plan.id, text, trial);
}

/* Passwords, by what the table says of network and plan alone. */
static enum err
import_keys(const char *text)
{
	return take(IMPORT_KEYS, &UID_NONE, text, false);
}

static int64_t
total(void)
{
	struct store_health s;

	assert_ok(store_service_health(&h.root, &s));
	return s.keys_total;
}

static enum err
phone(struct call *c, void *arg)
{
	static const char text[] = "Person;name\nada;Phone\n";
	OWN(imports) struct imports s;
	struct import_row *r;
	size_t n;
	enum err e;

	(void)arg;
	if ((e = imports_open(c, &s, IMPORT_KEYS, text, strlen(text))))
		return e;
	s.plan = h.plan.id;
	return imports_next(c, &s, &r, &n);
}

TEST(imports_of_one_table_at_once_bring_it_once)
{
	struct wifi_key k = {.id = uid_new(),
	    .kind = KEY_PERSONAL,
	    .created = NOON,
	    .version = 1};
	struct meanwhile m;
	struct row_args a;

	house_make(&h);
	k.network = h.net.id;
	k.plan = h.plan.id;
	k.person = h.ada.id;
	text_copy(k.name, sizeof(k.name), "Phone");
	meanwhile_begin(&m, &h, &h.root, phone, NULL);
	row_args(&key_rows, &k, &a);
	row_args_add(&a, DB_INT(1));
	for (int i = 0; i < 3; i++)
		row_args_add(&a, DB_BLOB(k.id.s, UID_LEN));
	assert_ok(store_run(h.store, SQL_KEY_ADD, a.v, NULL));
	meanwhile_end(&m);
	assert_err(m.err, ERR_CONFLICT);
	assert_int_equal(total(), 1);
	house_end(&h);
}

TEST(imports_take_keys_of_people_units_and_strangers)
{
	static const char text[] =
	    "Person;Person Name;e-mail;name;Passphrase;expires\n"
	    "ada;;;Phone;;2027-01-31\n"
	    "carl@example.org;Carl Example;carl@example.org;TV;"
	    "a passphrase of ours;\n"
	    "carl@example.org;Carl Example;;Phone;;\n";
	struct key_view v;

	house_make(&h);
	assert_ok(import(IMPORT_KEYS, text, true));
	assert_int_equal(total(), 0);
	assert_ok(import(IMPORT_KEYS, text, false));
	assert_int_equal(nrows, 3);
	assert_int_equal(total(), 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(rows[i].did, "new");
	assert_string_equal(rows[1].person.s, rows[2].person.s);
	assert_true(rows[0].minted);
	assert_false(rows[1].minted);
	assert_ok(keys_get(&h.root, &rows[0].key, &v));
	assert_string_equal(v.person.name, "ada");
	assert_int_equal(v.key.not_after, INT64_C(1801353600));
	assert_ok(keys_get(&h.root, &rows[2].key, &v));
	assert_string_equal(v.person.name, "Carl Example");
	assert_string_equal(v.person.issuer, "local");
	house_end(&h);
}

/* People, passwords and ends are one change: what fails leaves none of it. */
TEST(imports_leave_no_part_of_what_fails)
{
	struct key_view v;
	struct person *people;
	size_t n, before, there;

	house_make(&h);
	assert_ok(import(
	    IMPORT_KEYS, "person,name,not_after\nada,TV,2027-01-31\n", false));
	assert_ok(people_list(&h.root, "", 0, 10, &people, &n, &before));
	where_break(&h.at, "wifi_key");
	assert_int_not_equal(import(IMPORT_KEYS,
				 "person,person_name,name,not_after\n"
				 "ada,,TV,2027-02-28\nflat-1,Flat 1,TV,\n",
				 false),
	    ERR_OK);
	where_mend(&h.at);
	assert_ok(people_list(&h.root, "", 0, 10, &people, &n, &there));
	assert_int_equal(there, before);
	assert_int_equal(total(), 1);
	assert_ok(import(IMPORT_KEYS,
	    "person,person_name,name,not_after\n"
	    "ada,,TV,2027-02-28\nflat-1,Flat 1,TV,\nflat-1,Flat 1,PC,\n",
	    false));
	assert_string_equal(rows[0].did, "changed");
	assert_ok(keys_get(&h.root, &rows[0].key, &v));
	assert_int_equal(v.key.not_after, INT64_C(1803772800));
	assert_string_equal(rows[1].person.s, rows[2].person.s);
	assert_ok(people_list(&h.root, "", 0, 10, &people, &n, &there));
	assert_int_equal(there, before + 1);
	house_end(&h);
}

TEST(imports_come_again_and_change_only_the_end)
{
	struct key_view v;
	struct uid key;

	house_make(&h);
	assert_ok(import(IMPORT_KEYS,
	    "person,name,passphrase\nada,TV,a passphrase of ours\nbob,PC,\n",
	    false));
	key = rows[0].key;
	assert_ok(import(IMPORT_KEYS,
	    "person,name,passphrase,not_after\n"
	    "ada,,a passphrase of ours,2027-01-31\nbob,PC,,\n",
	    false));
	assert_int_equal(total(), 2);
	assert_string_equal(rows[0].did, "changed");
	assert_string_equal(rows[0].key.s, key.s);
	assert_string_equal(rows[1].did, "same");
	assert_ok(keys_get(&h.root, &key, &v));
	assert_int_equal(v.key.not_after, INT64_C(1801353600));
	assert_err(
	    import(IMPORT_KEYS,
		"person,name,passphrase\nada,TV,another one of ours\n", false),
	    ERR_BAD_INPUT);
	assert_string_equal(rows[0].why.field, "name");
	house_end(&h);
}

TEST(imports_say_what_is_wrong_with_each_row_and_store_none)
{
	static const struct {
		const char *row, *field;
	} bad[] = {{"ada,Laptop,,,", ""}, {"nobody,A,,,", "person"},
	    {"ada,B,short,,", "passphrase"},
	    {"ada,C,,2027-02-29,", "not_after"},
	    {"ada,D,,2020-01-01,", "not_after"}, {"ada,E,,,No Such", "plan"},
	    {",F,,,", "person"}, {"ada,G,,,,more", ""}};
	OWN(buf) struct buf b = BUF(4096);

	house_make(&h);
	buf_text(&b, "person,name,passphrase,not_after,plan\nada,Laptop,,,\n");
	for (size_t i = 0; i < 8; i++)
		buf_printf(&b, "%s\n", bad[i].row);
	assert_err(import(IMPORT_KEYS, buf_str(&b), false), ERR_BAD_INPUT);
	assert_int_equal(nrows, 9);
	assert_ok(rows[0].err);
	for (size_t i = 0; i < 8; i++) {
		assert_true(rows[i + 1].err != ERR_OK);
		assert_int_equal(rows[i + 1].line, i + 3);
		assert_string_equal(rows[i + 1].why.field, bad[i].field);
	}
	assert_int_equal(total(), 0);
	house_end(&h);
}

TEST(imports_refuse_a_table_without_sense)
{
	house_make(&h);
	assert_err(import(IMPORT_KEYS, "", false), ERR_BAD_INPUT);
	assert_err(import(IMPORT_KEYS, "ada,bob\n", false), ERR_BAD_INPUT);
	assert_err(
	    import(IMPORT_KEYS, "name,plan\nx,y\n", false), ERR_BAD_INPUT);
	assert_err(import(IMPORT_KEYS, "person,subject\nada,ada\n", false),
	    ERR_BAD_INPUT);
	assert_err(import(IMPORT_KEYS, "person,name\nada,\"x\n", false),
	    ERR_BAD_INPUT);
	assert_null(rows);
	assert_string_equal(h.root.why.field, "file");
	assert_non_null(strstr(h.root.why.text, "Line 2:"));
	assert_ok(import(IMPORT_KEYS, "person,name,,\nada,x,,\n", true));
	house_end(&h);
}

/* N rows for ada, named by number. */
static const char *
many(size_t n, struct buf *b)
{
	buf_clear(b);
	buf_text(b, "person,name\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "ada,K%zu\n", i);
	return buf_str(b);
}

TEST(imports_keep_to_the_limit_of_each_person)
{
	OWN(buf) struct buf b = BUF(4096);

	house_make(&h);
	assert_err(import(IMPORT_KEYS, many(KEYS_PER_PERSON + 1, &b), true),
	    ERR_LIMIT);
	assert_int_equal(rows[KEYS_PER_PERSON].err, ERR_LIMIT);
	assert_ok(rows[KEYS_PER_PERSON - 1].err);
	assert_ok(import(IMPORT_KEYS, many(KEYS_PER_PERSON, &b), false));
	assert_int_equal(total(), KEYS_PER_PERSON);
	house_end(&h);
}

TEST(imports_take_people_and_bring_them_in_line)
{
	struct person p;

	house_make(&h);
	assert_ok(import(IMPORT_PEOPLE,
	    "subject,name,mail,language\n"
	    "r-1,Rosa,rosa@example.org,de\n,Max,max@example.org,\n",
	    false));
	assert_string_equal(rows[0].did, "new");
	assert_ok(import(IMPORT_PEOPLE,
	    "subject,name,mail\nr-1,Rosa Lux,\nmax@example.org,,\n", false));
	assert_string_equal(rows[0].did, "changed");
	assert_string_equal(rows[1].did, "same");
	assert_ok(people_get(&h.root, &rows[0].person, &p));
	assert_string_equal(p.name, "Rosa Lux");
	assert_string_equal(p.mail, "rosa@example.org");
	assert_string_equal(p.language, "de");
	assert_err(
	    import(IMPORT_PEOPLE,
		"subject,name,mail\nr-2,Eve,\nr-3,,\nr-1,X,bad\n", false),
	    ERR_BAD_INPUT);
	assert_ok(rows[0].err);
	assert_string_equal(rows[1].why.field, "name");
	assert_string_equal(rows[2].why.field, "mail");
	house_end(&h);
}

TEST(imports_write_a_result_that_opens_in_a_spreadsheet)
{
	OWN(buf) struct buf b = BUF(4096);

	house_make(&h);
	assert_err(import(IMPORT_KEYS, "person,name\n=cmd(),x\n", true),
	    ERR_BAD_INPUT);
	imports_result(rows, nrows, true, &b);
	assert_non_null(strstr(buf_str(&b), "2,\"wrong\",\"'=cmd()\",\"x\""));
	house_end(&h);
}

TEST(imports_templates_are_tables_that_can_be_imported)
{
	house_make(&h);
	assert_ok(import(IMPORT_KEYS, imports_template(IMPORT_KEYS), true));
	assert_ok(import(IMPORT_PEOPLE, imports_template(IMPORT_PEOPLE), true));
	house_end(&h);
}

TEST(imports_are_for_staff)
{
	struct imports s;
	struct call desk;

	house_make(&h);
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	assert_err(imports_open(&desk, &s, IMPORT_KEYS, "person\nada\n", 11),
	    ERR_FORBIDDEN);
	house_end(&h);
}

TEST(imports_know_networks_plans_and_units_by_name_and_id)
{
	struct network other = {
	    .ssid = "Guests", .name = "Annexe", .time_zone = "UTC"};
	struct unit flat = {.name = "Flat 1", .vlan = 300};
	struct plan same;
	struct key_view v;
	const char *text;

	house_make(&h);
	assert_ok(network_add(&h.root, &other));
	same = h.plan;
	same.id = UID_NONE;
	same.network = other.id;
	same.vlan = 21;
	assert_ok(plan_add(&h.root, &same));
	assert_ok(units_add(&h.root, &flat));
	text = arena_printf(h.arena,
	    "person,unit,network,plan,kind,name\n"
	    "ada,,Example,Staff,personal,A\n"
	    "ada,,Annexe,Staff,thing,B\n"
	    "ada,,Guests,%s,,C\n"
	    "ada,,%s,Staff,,D\n"
	    ",Flat 1,,%s,,E\n"
	    ",%s,Example,Staff,,F\n",
	    same.id.s, h.net.id.s, h.plan.id.s, flat.id.s);
	if (import_keys(text) != ERR_OK)
		for (size_t i = 0; i < nrows; i++)
			print_error("%zu: %s %s\n", rows[i].line,
			    rows[i].why.field, rows[i].why.text);
	assert_int_equal(nrows, 6);
	for (size_t i = 0; i < nrows; i++) {
		bool there = i == 1 || i == 2;

		assert_string_equal(rows[i].did, "new");
		assert_ok(keys_get(&h.root, &rows[i].key, &v));
		assert_string_equal(
		    v.network.ssid, there ? "Guests" : "Example");
		assert_string_equal(
		    v.plan.id.s, there ? same.id.s : h.plan.id.s);
		assert_string_equal(
		    v.key.unit.s, i < 4 ? UID_NONE.s : flat.id.s);
	}
	assert_ok(keys_get(&h.root, &rows[1].key, &v));
	assert_int_equal(v.key.kind, KEY_THING);
	/* once more: all of it is there, and nothing is made */
	assert_ok(import_keys(text));
	for (size_t i = 0; i < nrows; i++)
		assert_string_equal(rows[i].did, "same");
	house_end(&h);
}

TEST(imports_say_which_name_is_none)
{
	static const struct {
		const char *row, *field;
	} bad[] = {{"ada,,Nowhere,Staff,,,", "network"},
	    {"ada,,,Nothing,,,", "plan"}, {"ada,,,Staff,,,", "plan"},
	    {"ada,,Example,Other,,,", "plan"},
	    {",Flat 9,Example,Staff,,,", "unit"},
	    {"ada,,Example,Staff,royal,,", "kind"},
	    {"zed,,Example,Staff,,Zed,"
	     "a language that is much too long to be one",
		"person"}};
	struct network other = {.ssid = "Guests", .time_zone = "UTC"};
	struct plan same, more;
	OWN(buf) struct buf b = BUF(4096);

	house_make(&h);
	assert_ok(network_add(&h.root, &other));
	same = h.plan;
	same.id = UID_NONE;
	same.network = other.id;
	assert_ok(plan_add(&h.root, &same));
	more = same;
	more.id = UID_NONE;
	text_copy(more.name, sizeof(more.name), "Other");
	assert_ok(plan_add(&h.root, &more));
	buf_text(&b, "person,unit,network,plan,kind,person_name,language\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		buf_printf(&b, "%s\n", bad[i].row);
	assert_err(import_keys(buf_str(&b)), ERR_BAD_INPUT);
	assert_int_equal(nrows, sizeof(bad) / sizeof(*bad));
	for (size_t i = 0; i < nrows; i++)
		if (rows[i].err == ERR_OK ||
		    strcmp(rows[i].why.field, bad[i].field) != 0)
			fail_msg("%s: %s %s", bad[i].row, rows[i].why.field,
			    rows[i].why.text);
	house_end(&h);
}

TEST(imports_move_an_end_but_no_plan)
{
	struct plan more;
	struct key_view v;

	house_make(&h);
	more = h.plan;
	more.id = UID_NONE;
	text_copy(more.name, sizeof(more.name), "Other");
	assert_ok(plan_add(&h.root, &more));
	assert_ok(import_keys("person,network,plan,name,not_after\n"
			      "ada,Example,Staff,TV,2027-01-31\n"));
	assert_ok(import_keys("person,network,name,not_after\n"
			      "ada,Example,TV,2027-03-31\n"));
	assert_string_equal(rows[0].did, "changed");
	assert_ok(keys_get(&h.root, &rows[0].key, &v));
	assert_int_equal(v.key.not_after, INT64_C(1806451200));
	assert_err(
	    import_keys("person,network,plan,name\nada,Example,Other,TV\n"),
	    ERR_BAD_INPUT);
	assert_string_equal(rows[0].why.field, "plan");
	assert_err(import_keys("person,network,plan,name,not_after\n"
			       "ada,Example,Staff,TV,2026-01-31\n"),
	    ERR_BAD_INPUT);
	assert_string_equal(rows[0].why.field, "not_after");
	/* two rows for one passphrase are one too many */
	assert_err(import_keys("person,network,plan,passphrase\n"
			       "ada,Example,Staff,a passphrase of ours\n"
			       "ada,Example,Staff,a passphrase of ours\n"),
	    ERR_BAD_INPUT);
	assert_non_null(strstr(rows[1].why.text, "line 2"));
	house_end(&h);
}
