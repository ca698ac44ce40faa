/* The way in by mail, for people without single sign-on. */
#include "tests/unit/service.h"

#include "core/crypt/token.h"
#include "core/service/audit.h"
#include "core/service/links.h"
#include "core/service/outbox.h"
#include "core/service/proofs.h"

static struct house h;
static struct call stranger;
static struct person eve;
static char sent[TOKEN_LEN + 1]; /* in the last letter made */
static char whom[MAIL_MAX + 1];  /* it was for */
static char session[TOKEN_LEN + 1];

static struct person
add(const char *name, const char *mail)
{
	struct person p = {.name = ""};

	(void)snprintf(p.name, sizeof(p.name), "%s", name);
	(void)snprintf(p.mail, sizeof(p.mail), "%s", mail);
	assert_ok(people_add(&h.root, &p));
	return p;
}

static void
begin(void)
{
	house_make(&h);
	eve = add("Eve", "Eve@example.net");
	stranger = h.root;
	stranger.actor =
	    (struct actor){.kind = ACTOR_GUEST, .from = "192.0.2.9"};
}

static enum err
letter(void *ctx, const char *to, const char *token, struct outbox_order *o)
{
	(void)ctx;
	text_copy(whom, sizeof(whom), to);
	(void)snprintf(sent, sizeof(sent), "%s", token);
	*o = (struct outbox_order){.kind = OUTBOX_MAIL,
	    .about = "letter.link",
	    .payload = "letter",
	    .len = 6};
	return ERR_OK;
}

static enum err
ask(const char *mail)
{
	return links_ask(&stranger,
	    &(struct link_ask){.mail = mail, .total = 500, .letter = letter});
}

/* SESSION is the token of the session it opened. */
static enum err
take(const char *token, const struct uid *as, struct person *out)
{
	OWN(secret) struct secret s = SECRET_NONE;
	enum err e = links_take(&stranger, token, as, out, &s);

	text_copy(session, sizeof(session), secret_text(&s));
	assert_int_equal(s.len == 0, e != ERR_OK);
	return e;
}

static size_t
letters(void)
{
	struct outbox_item *all;
	size_t n;

	assert_ok(outbox_list(&h.root, "", "mail", 100, &all, &n));
	return n;
}

static size_t
acts(const char *act)
{
	struct audit_row *rows;
	size_t n;

	assert_ok(audit_list(&h.root, act, NULL, 0, 100, &rows, &n));
	return n;
}

TEST(links_sign_in_once)
{
	struct person *all, p;
	struct call own;
	size_t n, before;
	bool proven;

	begin();
	before = acts("person.sign-in");
	assert_ok(ask("eve@EXAMPLE.net"));
	/* to where it is known to arrive, whatever was typed */
	assert_string_equal(whom, "Eve@example.net");
	assert_int_equal(letters(), 1);
	assert_int_equal(acts("person.link"), 1);
	/* looking, as scanners of mail do, uses nothing up */
	for (int i = 0; i < 3; i++)
		assert_ok(links_look(&stranger, sent, &all, &n));
	assert_int_equal(n, 1);
	assert_string_equal(all[0].name, "Eve");
	assert_int_equal(acts("person.sign-in"), before);
	assert_ok(take(sent, &eve.id, &p));
	assert_true(uid_same(&p.id, &eve.id));
	assert_int_equal(p.last_sign_in, stranger.now);
	assert_int_equal(acts("person.sign-in"), before + 1);
	own = house_call(&h, &p, 1 << ROLE_PERSON);
	assert_ok(people_mail_proven(&own, &p.id, &proven));
	assert_true(proven);
	assert_err(links_look(&stranger, sent, &all, &n), ERR_NOT_FOUND);
	assert_err(take(sent, &eve.id, &p), ERR_NOT_FOUND);
	assert_int_equal(acts("person.sign-in"), before + 1);
	house_end(&h);
}

TEST(links_work_for_a_quarter_of_an_hour)
{
	struct person *all, p;
	size_t n;

	begin();
	assert_ok(ask("eve@example.net"));
	stranger.now += LINKS_VALID;
	assert_err(links_look(&stranger, sent, &all, &n), ERR_NOT_FOUND);
	assert_err(take(sent, &eve.id, &p), ERR_NOT_FOUND);
	stranger.now -= 1;
	assert_err(take("nonsense", &eve.id, &p), ERR_NOT_FOUND);
	assert_ok(take(sent, &eve.id, &p));
	house_end(&h);
}

/* W-17, G-08: neither the answer nor the bounds tell who is known. */
TEST(links_say_nothing_of_who_is_known)
{
	static const char *const all[] = {
	    "eve@example.net", "nobody@example.net"};

	begin();
	for (int i = 0; i < 2; i++) {
		stranger.now = NOON;
		assert_ok(ask(all[i]));
		stranger.now += LINKS_PAUSE - 1;
		assert_err(ask(all[i]), ERR_THROTTLED);
		for (int k = 1; k < LINKS_MAILS; k++) {
			stranger.now += LINKS_PAUSE;
			assert_ok(ask(all[i]));
		}
		stranger.now += LINKS_PAUSE;
		assert_err(ask(all[i]), ERR_THROTTLED);
	}
	assert_int_equal(letters(), LINKS_MAILS);
	assert_err(ask("a@b, c@d"), ERR_BAD_INPUT);
	assert_err(ask(""), ERR_BAD_INPUT);
	house_end(&h);
}

TEST(links_are_so_many_a_day_from_one_place_and_in_all)
{
	struct link_ask a = {.total = 3, .letter = letter};
	char mail[40];

	begin();
	a.mail = mail;
	for (int i = 0; i < 4; i++) {
		(void)snprintf(mail, sizeof(mail), "p%d@example.net", i);
		assert_err(
		    links_ask(&stranger, &a), i < 3 ? ERR_OK : ERR_THROTTLED);
	}
	a.total = 500;
	for (int i = 3; i < PROOFS_SOURCE; i++) {
		(void)snprintf(mail, sizeof(mail), "q%d@example.net", i);
		assert_ok(links_ask(&stranger, &a));
	}
	assert_err(ask("eve@example.net"), ERR_THROTTLED);
	(void)snprintf(
	    stranger.actor.from, sizeof(stranger.actor.from), "192.0.2.10");
	assert_ok(ask("eve@example.net"));
	house_end(&h);
}

/* Who signs in elsewhere, who has ended, and who has any other role. */
TEST(links_are_for_people_of_this_house_only)
{
	OWN(secret) struct secret setup = SECRET_NONE;
	struct person p;
	struct call own;
	char sql[200];

	begin();
	(void)snprintf(sql, sizeof(sql),
	    "UPDATE person SET mail = 'ada@example.net' WHERE id = '%s'",
	    h.ada.id.s);
	house_sql(&h, sql);
	assert_ok(ask("ada@example.net"));
	assert_int_equal(letters(), 0);
	assert_err(take(sent, &h.ada.id, &p), ERR_NOT_FOUND);

	assert_ok(
	    people_set_state(&h.root, &eve.id, PERSON_SUSPENDED, "not paid"));
	assert_ok(ask("eve@example.net"));
	assert_int_equal(letters(), 1);
	assert_ok(people_set_state(&h.root, &eve.id, PERSON_ENDED, "left"));
	assert_err(take(sent, &eve.id, &p), ERR_NOT_FOUND);

	p = add("Max", "max@example.net");
	own = house_call(&h, &p, 1 << ROLE_PERSON);
	assert_ok(setup_link(&h.root, 60, &setup));
	assert_err(
	    setup_redeem(&own, secret_text(&setup), &p.id), ERR_FORBIDDEN);
	for (int r = 0; r < 6; r++) {
		if (r == ROLE_PERSON)
			continue;
		(void)snprintf(sql, sizeof(sql),
		    "UPDATE person SET roles = %d WHERE id = '%s'",
		    1 << r | 1 << ROLE_PERSON, p.id.s);
		house_sql(&h, sql);
		stranger.now += LINKS_PAUSE + 86400;
		assert_ok(ask("max@example.net"));
		assert_err(take(sent, &p.id, &p), ERR_NOT_FOUND);
	}
	assert_int_equal(letters(), 1);
	house_end(&h);
}

/* Whoever signs in so has no other role, whatever they get meanwhile. */
TEST(links_open_sessions_of_a_person)
{
	struct session_limits l = {.idle = 600, .absolute = 3600};
	struct session s;
	struct person p;
	char sql[200];

	begin();
	assert_ok(ask("eve@example.net"));
	assert_ok(take(sent, &eve.id, &p));
	assert_int_equal(acts("session.open"), 1);
	(void)snprintf(sql, sizeof(sql),
	    "UPDATE person SET roles = 63 WHERE id = '%s'", eve.id.s);
	house_sql(&h, sql);
	assert_ok(session_find(&h.root, session, &l, &s));
	assert_int_equal(s.who.roles, 1 << ROLE_PERSON);
	house_end(&h);
}

TEST(links_let_those_who_share_an_address_choose)
{
	struct person bo, *all, p;
	size_t n;

	begin();
	bo = add("Bo", "eve@example.net");
	assert_ok(ask("eve@example.net"));
	assert_int_equal(letters(), 1);
	assert_ok(links_look(&stranger, sent, &all, &n));
	assert_int_equal(n, 2);
	assert_err(take(sent, &h.bob.id, &p), ERR_NOT_FOUND);
	assert_ok(take(sent, &bo.id, &p));
	assert_string_equal(p.name, "Bo");
	house_end(&h);
}

/* An address that moves takes the proof and the links with it. */
TEST(links_end_with_the_address)
{
	struct person_import i = {.person = {.name = "Eve"}};
	struct person p;
	struct call own;
	bool proven;

	begin();
	assert_ok(ask("eve@example.net"));
	assert_ok(take(sent, &eve.id, &p));
	stranger.now += LINKS_PAUSE;
	assert_ok(ask("eve@example.net"));
	(void)snprintf(
	    i.person.subject, sizeof(i.person.subject), "%s", eve.id.s);
	(void)snprintf(i.person.mail, sizeof(i.person.mail), "new@example.net");
	assert_ok(people_import(&h.root, &i, 1, false));
	assert_string_equal(i.did, "changed");
	own = house_call(&h, &eve, 1 << ROLE_PERSON);
	assert_ok(people_mail_proven(&own, &eve.id, &proven));
	assert_false(proven);
	assert_err(take(sent, &eve.id, &p), ERR_NOT_FOUND);
	house_end(&h);
}
