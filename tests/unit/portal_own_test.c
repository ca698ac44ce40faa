/* What people do beside taking a password: move, renew, share, delete. */
#include "core/service/devices.h"
#include "core/service/units.h"
#include "tests/unit/portal_world.h"

static char *
form(struct world *w, const char *token, const char *more)
{
	return arena_printf(w->arena, "csrf=%s%s", world_csrf(w, token), more);
}

static char *
key_path(struct world *w, const struct key_view *v, const char *end)
{
	return arena_printf(w->arena, "/key/%s%s", v->key.id.s, end);
}

static struct got
post(struct world *w, const char *path, const char *token, const char *more)
{
	return ASK(w, .method = HTTP_POST, .path = path, .token = token,
	    .body = form(w, token, more));
}

static struct device
device(struct world *w, const struct key_view *v, const char *mac)
{
	struct call c = world_call(w);
	struct device d;

	assert_ok(device_register(&c, &v->key.id, mac, "Laptop", &d));
	return d;
}

TEST(a_new_password_keeps_the_old_one_and_says_who_has_moved)
{
	struct world w;
	const char *token, *to;
	struct person anna;
	struct key_view v;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	device(&w, &v, "02-aa-00-00-00-01");
	g = post(&w, key_path(&w, &v, "/rotate"), token, "&overlap=maybe");
	assert_int_equal(g.status, 400);
	g = post(&w, key_path(&w, &v, "/rotate"), token, "&overlap=day");
	assert_int_equal(g.status, 303);
	to = got_header(&g, "location");
	assert_non_null(strstr(to, "?done=moving"));
	to = arena_copy(w.arena, to, strcspn(to, "?"));
	g = ASK(&w, .path = to, .token = token);
	assert_has(&g, "Moving to the new password");
	assert_has(&g, "0 of one device has moved");
	assert_has(&g, "data-live=");
	/* the progress alone shows no password */
	g = ASK(
	    &w, .path = arena_printf(w.arena, "%s/moving", to), .token = token);
	assert_has(&g, "Still on the old password");
	assert_lacks(&g, "data-value");
	/* the old one cannot be prolonged, nor replaced twice */
	g = ASK(&w, .path = key_path(&w, &v, ""), .token = token);
	assert_has(&g, "Open the new password");
	assert_lacks(&g, "Renew it");
	g = post(&w, key_path(&w, &v, "/renew"), token, "");
	assert_int_equal(g.status, 409);
	w.now += 86401;
	token = world_sign_in(&w, "anna", "staff", NULL);
	g = ASK(&w, .path = to, .token = token);
	assert_has(&g, "the old password no longer works");
	assert_lacks(&g, "data-live=");
	world_close(&w);
}

TEST(it_is_renewed_inside_the_plan_and_only_while_entitled)
{
	struct world w;
	const char *token;
	struct person anna;
	struct key_view v, again;
	struct call c;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	g = ASK(&w, .path = key_path(&w, &v, ""), .token = token);
	assert_lacks(&g, "Renew it");
	w.now += 300 * 86400;
	token = world_sign_in(&w, "anna", "staff", NULL);
	g = ASK(&w, .path = key_path(&w, &v, ""), .token = token);
	assert_has(&g, "Renew it until");
	g = post(&w, key_path(&w, &v, "/renew"), token, "");
	assert_goes(&g, key_path(&w, &v, "?done=renewed"));
	c = world_call(&w);
	assert_ok(keys_get(&c, &v.key.id, &again));
	assert_true(again.key.not_after > v.key.not_after + 290 * 86400);
	w.now += 300 * 86400;
	token = world_sign_in(&w, "anna", "others", NULL);
	g = post(&w, key_path(&w, &v, "/renew"), token, "");
	assert_goes(&g, key_path(&w, &v, "?wrong=NOT_ENTITLED"));
	world_close(&w);
}

static struct unit
flat(struct world *w, const struct person *manager)
{
	struct call c = world_call(w);
	struct unit u = {.vlan = 0};

	strcpy(u.name, "Flat 7");
	assert_ok(units_add(&c, &u));
	assert_ok(units_member_set(&c, &u.id, &manager->id, true));
	return u;
}

/* The path of the invitation on the page. */
static char *
invitation(struct world *w, const struct got *g)
{
	const char *p = strstr(g->body, "https://wifi.example.org/join/");

	assert_non_null(p);
	p += strlen("https://wifi.example.org");
	return arena_copy(w->arena, p, strcspn(p, "\"<"));
}

TEST(flatmates_share_a_password_by_invitation)
{
	struct world w;
	const char *anna, *tom, *path, *join, *key;
	struct person who, other;
	struct unit u;
	struct got g;

	world_open(&w, "");
	anna = world_sign_in(&w, "anna", "staff", &who);
	tom = world_sign_in(&w, "tom", "nobody", &other);
	u = flat(&w, &who);
	path = arena_printf(w.arena, "/unit/%s", u.id.s);
	assert_int_equal(ASK(&w, .path = path, .token = tom).status, 404);
	g = post(&w, arena_printf(w.arena, "%s/key", path), anna,
	    arena_printf(w.arena, "&plan=%s", w.plan.id.s));
	assert_int_equal(g.status, 303);
	key = got_header(&g, "location");
	key = arena_copy(w.arena, key, strcspn(key, "?"));
	assert_int_equal(ASK(&w, .path = key, .token = tom).status, 404);
	g = post(&w, arena_printf(w.arena, "%s/invite", path), anna, "");
	join = invitation(&w, &g);
	/* looking changes nothing */
	g = ASK(&w, .path = join, .token = tom);
	assert_has(&g, "You are invited");
	assert_int_equal(ASK(&w, .path = path, .token = tom).status, 404);
	g = post(&w, join, tom, "");
	assert_goes(&g, arena_printf(w.arena, "%s?done=joined", path));
	assert_has(&(struct got){.body = post(&w, join, tom, "").body},
	    "This invitation does not work");
	/* a member sees the password, and changes nothing */
	g = ASK(&w, .path = key, .token = tom);
	assert_has(&g, "data-value");
	assert_lacks(&g, "Change it");
	assert_int_equal(
	    post(&w, arena_printf(w.arena, "%s/revoke", key), tom, "").status,
	    404);
	assert_int_equal(
	    post(&w, arena_printf(w.arena, "%s/invite", path), tom, "").status,
	    404);
	g = post(&w, arena_printf(w.arena, "%s/remove", path), anna,
	    arena_printf(w.arena, "&person=%s", who.id.s));
	assert_has(&g, "name another manager first");
	g = post(&w, arena_printf(w.arena, "%s/remove", path), tom,
	    arena_printf(w.arena, "&person=%s", other.id.s));
	assert_goes(&g, "/?done=left");
	assert_int_equal(ASK(&w, .path = key, .token = tom).status, 404);
	world_close(&w);
}

TEST(a_device_is_registered_by_its_address)
{
	struct world w;
	const char *token;
	struct person anna;
	struct key_view v;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	g = ASK(&w, .path = key_path(&w, &v, "/device"), .token = token,
	    .query = "mac=02AA.0000.0001");
	assert_has(&g, "value=\"02-aa-00-00-00-01\"");
	assert_has(&g, "Check it before you go on.");
	g = ASK(&w, .path = key_path(&w, &v, "/device"), .token = token,
	    .query = "mac=%22%3E%3Cb%3E");
	assert_has(&g, "name=\"mac\" value=\"\"");
	g = post(&w, key_path(&w, &v, "/device"), token, "&mac=zz&name=TV");
	assert_has(&g, "12 hexadecimal digits");
	assert_has(&g, "value=\"zz\"");
	g = post(&w, key_path(&w, &v, "/device"), token,
	    "&mac=02:aa:00:00:00:01&name=TV");
	assert_goes(&g, key_path(&w, &v, "?done=registered"));
	g = ASK(&w, .path = key_path(&w, &v, ""), .token = token);
	assert_has(&g, "02-aa-00-00-00-01");
	world_close(&w);
}

TEST(what_is_stored_is_handed_out_and_deleted)
{
	struct world w;
	const char *token, *again;
	struct person anna, next, gone;
	struct key_view v;
	struct call c;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	v = world_key(&w, &anna);
	device(&w, &v, "02-aa-00-00-00-01");
	g = ASK(&w, .path = "/privacy/data.json", .token = token);
	assert_int_equal(g.status, 200);
	assert_has(&g, "\"address\": \"02-aa-00-00-00-01\"");
	assert_has(&g, "\"staff\"");
	assert_lacks(&g, "passphrase");
	g = post(&w, "/privacy/delete", token, "");
	assert_goes(&g, "/privacy");
	g = post(&w, "/privacy/delete", token, "&sure=yes");
	assert_has(&g, "It is deleted");
	assert_goes(&(struct got){303, NULL,
			ASK(&w, .path = "/", .token = token).rp, 0},
	    "/signin");
	c = world_call(&w);
	assert_ok(people_get(&c, &anna.id, &gone));
	assert_string_equal(gone.issuer, "forgotten");
	assert_string_equal(gone.name, "-");
	assert_string_equal(gone.mail, "");
	assert_ok(keys_get(&c, &v.key.id, &v));
	assert_int_equal(v.standing, KEY_IS_REVOKED);
	assert_int_equal(v.devices, 0);
	again = world_sign_in(&w, "anna", "staff", &next);
	assert_false(uid_same(&next.id, &anna.id));
	assert_has(
	    &(struct got){.body = ASK(&w, .path = "/", .token = again).body},
	    "Get my password");
	world_close(&w);
}

TEST(nobody_ends_a_suspension_by_being_forgotten)
{
	struct world w;
	const char *token;
	struct person anna;
	struct call c;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	c = world_call(&w);
	assert_ok(people_set_state(&c, &anna.id, PERSON_SUSPENDED, "Rent"));
	g = post(&w, "/privacy/delete", token, "&sure=yes");
	assert_int_equal(g.status, 409);
	c = world_call(&w);
	assert_ok(people_get(&c, &anna.id, &anna));
	assert_string_equal(anna.name, "anna");
	world_close(&w);
}

/* Every sentence in the pseudo-language is in brackets. */
TEST(the_language_is_chosen_remembered_and_says_so)
{
	struct world w;
	const char *token;
	struct person anna;
	struct got g;

	world_open(&w, "");
	token = world_sign_in(&w, "anna", "staff", &anna);
	world_key(&w, &anna);
	g = ASK(
	    &w, .path = "/", .query = "lang=en-XA&done=made", .token = token);
	assert_has(&g, "<html lang=\"en-XA\" dir=\"ltr\">");
	assert_has(&g, "⟦Yóóúúr nééw");
	assert_has(&g, "⟦My Wíí-Fíí⟧");
	assert_non_null(strstr(got_header(&g, "set-cookie"), "=en-XA"));
	g = ASK(&w, .path = "/nothing", .cookie = "__Host-language=en-XA");
	assert_has(&g, "⟦Thééréé");
	world_close(&w);
}
