/* The pages around a link by mail. */
#include "tests/unit/portal_world.h"

#include "core/service/links.h"

static struct world w;
static struct person eve;
static char *sent;

static void
begin(const char *mail)
{
	struct call c;

	world_open(&w, mail);
	c = world_call(&w);
	eve = (struct person){.name = "Eve", .mail = "eve@example.net"};
	assert_ok(people_add(&c, &eve));
}

#define ON                                                                     \
	"}\nmail { url = \"smtp://127.0.0.1:9\"\n from = \"wifi@example.org\"" \
	"\n links_a_day = 100"

static struct got
post(const char *path, const char *token, const char *body)
{
	return ASK(&w, .method = HTTP_POST, .path = path, .body = body,
	    .token = token, .origin = "https://wifi.example.org",
	    .site = "same-origin");
}

static enum err
letter(void *ctx, const char *to, const char *token, struct outbox_order *o)
{
	(void)ctx;
	(void)to;
	sent = arena_text(w.arena, token);
	*o = (struct outbox_order){.kind = OUTBOX_MAIL,
	    .about = "letter.link",
	    .payload = "letter",
	    .len = 6};
	return ERR_OK;
}

/* The path of a fresh link for Eve. */
static char *
link_for_eve(void)
{
	struct call c = world_call(&w);

	c.actor.kind = ACTOR_GUEST;
	assert_ok(links_ask(
	    &c, &(struct link_ask){
		    .mail = eve.mail, .total = 100, .letter = letter}));
	return arena_printf(w.arena, "/link/%s", sent);
}

static char *
as(const struct person *who)
{
	return arena_printf(w.arena, "as=%s&return=/privacy", who->id.s);
}

/* The value of the session cookie that G sets. */
static char *
cookie_of(const struct got *g)
{
	static const char name[] = "__Host-latchkey=";
	const char *set = got_header(g, "set-cookie");

	assert_non_null(set);
	assert_memory_equal(set, name, sizeof(name) - 1);
	set += sizeof(name) - 1;
	return arena_copy(w.arena, set, strcspn(set, ";"));
}

TEST(links_are_off_unless_they_are_wanted)
{
	struct got g;

	begin("");
	g = ASK(&w, .path = "/signin");
	assert_lacks(&g, "/link");
	g = ASK(&w, .path = "/link");
	assert_int_equal(g.status, 404);
	g = ASK(&w, .path = link_for_eve());
	assert_int_equal(g.status, 404);
	g = post("/link", NULL, "mail=eve@example.net");
	assert_int_equal(g.status, 404);
	w.now += LINKS_PAUSE;
	g = post(link_for_eve(), NULL, as(&eve));
	assert_int_equal(g.status, 404);
	assert_null(got_header(&g, "set-cookie"));
	world_close(&w);
}

TEST(a_link_is_not_used_up_by_looking)
{
	struct got g;
	char *path, *token;

	begin(ON);
	g = ASK(&w, .path = "/signin", .query = "return=/privacy");
	assert_has(&g, "/link?return=%2Fprivacy");
	path = link_for_eve();
	for (int i = 0; i < 3; i++) {
		g = ASK(&w, .path = path, .query = "return=/privacy");
		assert_has(&g, "Go on as Eve");
		g = ASK(&w, .method = HTTP_HEAD, .path = path);
		assert_int_equal(g.status, 200);
		assert_null(got_header(&g, "set-cookie"));
	}
	g = ASK(&w, .method = HTTP_POST, .path = path, .body = as(&eve),
	    .origin = "https://evil.example.net", .site = "cross-site");
	assert_int_equal(g.status, 403);
	g = post(path, NULL, "as=");
	assert_int_equal(g.status, 410);
	g = post(path, NULL, as(&eve));
	assert_goes(&g, "/privacy");
	token = cookie_of(&g);
	g = ASK(&w, .path = "/", .token = token);
	assert_has(&g, "Eve");
	/* once, and nobody is left signed in twice */
	g = post(path, NULL, as(&eve));
	assert_int_equal(g.status, 410);
	assert_null(got_header(&g, "set-cookie"));
	w.now += LINKS_PAUSE;
	g = post(link_for_eve(), token, as(&eve));
	assert_goes(&g, "/privacy");
	g = ASK(&w, .path = "/", .token = token);
	assert_goes(&g, "/signin");
	world_close(&w);
}

/* O-41: who came by mail shows by mail that it is still them. */
TEST(a_fresh_proof_is_another_link)
{
	struct got g;
	char *token;

	begin(ON);
	g = post(link_for_eve(), NULL, as(&eve));
	token = cookie_of(&g);
	g = ASK(&w, .path = "/privacy/data.json", .token = token);
	assert_int_equal(g.status, 200);
	for (int i = 0; i < 4; i++) {
		w.now += PAGE_FRESH / 4 - (i == 3);
		g = ASK(&w, .path = "/privacy/data.json", .token = token);
		assert_int_equal(g.status, 200);
	}
	w.now += 1;
	g = ASK(&w, .path = "/privacy/data.json", .token = token);
	assert_goes(&g, "/link?return=%2Fprivacy%2Fdata.json");
	g = ASK(&w, .path = "/link", .query = "return=/privacy/data.json",
	    .token = token);
	assert_has(&g, "value=\"eve@example.net\"");
	g = post("/link", token, "mail=eve@example.net&return=//evil.example");
	assert_has(&g, "Look into your mail");
	assert_lacks(&g, "evil");
	world_close(&w);
}

/* W-17: known or not, the same page, and the same when it was too often. */
TEST(a_stranger_learns_nothing)
{
	static const char *const whom[] = {
	    "eve@example.net", "eva@example.net"};
	char *said[2][2];

	begin(ON);
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 2; k++) {
			struct got g = post("/link", NULL,
			    arena_printf(w.arena, "mail=%s", whom[i]));
			char *at;

			assert_int_equal(g.status, 200);
			while ((at = strstr(g.body, whom[i])) != NULL)
				memset(at, '*', strlen(whom[i]));
			said[i][k] = g.body;
		}
	assert_string_equal(said[0][0], said[1][0]);
	assert_string_equal(said[0][1], said[1][1]);
	assert_string_not_equal(said[0][0], said[0][1]);
	world_close(&w);
}
