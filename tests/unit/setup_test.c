#include "tests/unit/service.h"

#include <signal.h>
#include <sys/resource.h>

static struct house h;

/* --- who may --- */

enum {
	R_PERSON = 1,
	R_SPONSOR = 2,
	R_DESK = 4,
	R_OPERATOR = 8,
	R_AUDITOR = 16,
	R_ADMIN = 32
};
#define STAFF (R_OPERATOR | R_ADMIN)
#define READ (STAFF | R_AUDITOR)

static enum err
add_network(struct call *c)
{
	struct network n = {.ssid = "Another", .time_zone = "UTC"};

	return network_add(c, &n);
}

static enum err
set_plan(struct call *c)
{
	struct plan p;
	enum err e = plan_get(c, &h.plan.id, &p);

	return e ? e : plan_set(c, &p);
}

static enum err
add_rule(struct call *c)
{
	struct rule r = {.value = "x", .plan = h.plan.id};

	return rule_add(c, &r);
}

static enum err
list_rules(struct call *c)
{
	struct rule *r;
	size_t n;

	return rule_list(c, &r, &n);
}

static enum err
get_ap(struct call *c)
{
	struct access_point a;

	return ap_get(c, &h.ap.id, &a);
}

static enum err
set_ap(struct call *c)
{
	struct access_point a;
	enum err e = ap_get(c, &h.ap.id, &a);

	return e ? e : ap_set(c, &a, NULL);
}

static enum err
list_people(struct call *c)
{
	struct person *p;
	size_t n, total;

	return people_list(c, "", 0, 10, &p, &n, &total);
}

static enum err
suspend(struct call *c)
{
	enum err e = people_set_state(c, &h.ada.id, PERSON_SUSPENDED, "");

	return e ? e : people_set_state(&h.root, &h.ada.id, PERSON_ACTIVE, "");
}

static enum err
add_person(struct call *c)
{
	struct person p = {.name = "New"};

	return people_add(c, &p);
}

static enum err
read_audit(struct call *c)
{
	struct audit_row *r;
	size_t n;

	return audit_list(c, NULL, NULL, 0, 1, &r, &n);
}

static enum err
list_keys(struct call *c)
{
	struct key_filter f = {.standing = -1};
	struct key_view *v;
	size_t n, total;

	return keys_list(c, &f, &v, &n, &total);
}

static enum err
read_health(struct call *c)
{
	struct store_health s;

	return store_service_health(c, &s);
}

static enum err
get_link(struct call *c)
{
	OWN(secret) struct secret s = SECRET_NONE;

	return setup_link(c, 60, &s);
}

TEST(setup_rights_are_as_the_table_says)
{
	static const struct {
		const char *name;
		enum err (*act)(struct call *c);
		int roles;
	} table[] = {
	    {"network_add", add_network, R_ADMIN},
	    {"plan_set", set_plan, R_ADMIN},
	    {"rule_add", add_rule, R_ADMIN},
	    {"rule_list", list_rules, READ},
	    {"ap_get", get_ap, READ},
	    {"ap_set", set_ap, R_ADMIN},
	    {"people_list", list_people, READ},
	    {"people_set_state", suspend, STAFF},
	    {"people_add", add_person, STAFF | R_DESK},
	    {"audit_list", read_audit, R_AUDITOR | R_ADMIN},
	    {"keys_list", list_keys, READ},
	    {"store_service_health", read_health, READ},
	    {"setup_link", get_link, 0},
	};
	struct call nobody;

	house_make(&h);
	nobody = h.root;
	nobody.actor = (struct actor){.kind = ACTOR_GUEST, .roles = ~0};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_err(table[i].act(&nobody), ERR_FORBIDDEN);
		for (int r = ROLE_PERSON; r <= ROLE_ADMIN; r++) {
			struct call c = house_call(&h, &h.bob, 1 << r);
			enum err e = table[i].act(&c);
			bool may = table[i].roles & 1 << r;

			if ((e == ERR_OK || e == ERR_EXISTS) != may)
				fail_msg("%s by %s: %s", table[i].name,
				    role_text((enum role)r), err_name(e));
		}
	}
	house_end(&h);
}

/* --- access points --- */

static enum err
ap_with(const char *secret)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct access_point a = {
	    .name = "second", .address = "198.51.100.1", .dialect = "generic"};
	enum err e;

	assert_ok(secret_set(&s, secret, strlen(secret)));
	if ((e = ap_add(&h.root, &a, &s)) == ERR_OK)
		assert_ok(ap_remove(&h.root, &a.id));
	return e;
}

/* */
TEST(setup_ap_secrets_are_long_and_not_well_known)
{
	house_make(&h);
	assert_err(ap_with("fifteen-chars-x"), ERR_BAD_INPUT);
	assert_ok(ap_with("sixteen-chars-xy"));
	assert_err(ap_with("aaaaaaaaaaaaaaaaaaaa"), ERR_BAD_INPUT);
	assert_err(ap_with("testing123testing123"), ERR_BAD_INPUT);
	house_end(&h);
}

TEST(setup_ap_keeps_or_changes_its_secret)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct access_point twin;
	struct world_ap w;

	house_make(&h);
	text_copy(h.ap.name, sizeof(h.ap.name), "lobby");
	assert_ok(ap_set(&h.root, &h.ap, NULL));
	assert_ok(world_ap_get(&h.system, &h.ap.id, &w));
	assert_string_equal(secret_text(&w.secret), "k3Jx-90pq-Zz7w-Lm2a");
	assert_string_equal(w.ap.name, "lobby");
	assert_ok(secret_set(&s, "another-secret-of-it", 20));
	assert_ok(ap_set(&h.root, &h.ap, &s));
	assert_ok(world_ap_get(&h.system, &h.ap.id, &w));
	assert_true(secret_same(&w.secret, &s));
	twin = h.ap;
	assert_err(ap_add(&h.root, &twin, &s), ERR_EXISTS);
	h.ap.version--;
	assert_err(ap_set(&h.root, &h.ap, NULL), ERR_CONFLICT);
	house_end(&h);
}

/* --- all or nothing --- */

static int64_t
fingerprint_of_all(void)
{
	int64_t bad, last;
	char head[65];

	assert_ok(audit_verify(&h.root, NULL, 0, &bad, &last, head));
	assert_int_equal(bad, 0);
	return last;
}

/* F-03 */
TEST(setup_failing_writes_leave_nothing_behind)
{
	static const char *const tables[] = {"change", "audit", "wifi_key"};
	struct key_filter f = {.standing = -1};
	struct key_order o;
	struct key_view v, *list;
	struct call ada;
	size_t n, total;

	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	o = (struct key_order){.person = h.ada.id};
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		int64_t before = fingerprint_of_all();

		where_break(&h.at, tables[i]);
		assert_true(keys_issue(&ada, &o, &v) != ERR_OK);
		where_mend(&h.at);
		assert_int_equal(fingerprint_of_all(), before);
		assert_ok(keys_list(&h.root, &f, &list, &n, &total));
		assert_int_equal(total, i);
		assert_ok(keys_issue(&ada, &o, &v));
	}
	house_end(&h);
}

/* F-04 */
TEST(setup_running_out_of_memory_fails_the_request_only)
{
	struct call small;
	struct key_view *v;
	size_t n;
	int failed = 0;

	house_make(&h);
	for (int i = 0; i < 5; i++)
		(void)house_key(&h, &h.ada);
	small = h.root;
	for (size_t limit = 16; limit < 65536; limit *= 2) {
		OWN(arena) struct arena *a = arena_new(limit);
		enum err e;

		small.arena = a;
		e = keys_of(&small, &h.ada.id, &v, &n);
		assert_true(e == ERR_OK || e == ERR_NO_MEMORY);
		failed += e == ERR_NO_MEMORY;
	}
	assert_true(failed > 0);
	assert_ok(keys_of(&h.root, &h.ada.id, &v, &n));
	assert_int_equal(n, 5);
	house_end(&h);
}

/* F-05 */
/* Real "no space left": files may not grow any further. */
TEST(setup_full_disk_changes_nothing_and_heals)
{
	struct rlimit was, tight;
	struct key_order o;
	struct key_view v;
	struct call ada;
	int64_t before;
	enum err e = ERR_OK;

	if (where_pgsql())
		return; /* the server's disk is not ours to fill */
	house_make(&h);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	o = (struct key_order){.person = h.ada.id};
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	tight = was;
	tight.rlim_cur = 64 * 1024;
	before = fingerprint_of_all();
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	e = keys_issue(&ada, &o, &v);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_err(e, ERR_STORE);
	assert_int_equal(fingerprint_of_all(), before);
	assert_ok(keys_issue(&ada, &o, &v));
	house_end(&h);
}
