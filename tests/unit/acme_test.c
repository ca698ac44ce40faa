/* What an authority asks for on the port without TLS, and all else there is in
 * that directory, which stays there (RFC 8555 8.3). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/conf/conf.h"
#include "portal/web/acme.h"
#include "portal/web/plain.h"
#include "tests/unit/test.h"

#define HASH "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"
#define PLACE "/.well-known/acme-challenge/"

static char root[] = "/tmp/latchkey-acme-XXXXXX", made[64];

static const char *
at(const char *name)
{
	static char path[256];

	(void)snprintf(path, sizeof(path), "%s%s%s", root, PLACE, name);
	return path;
}

static void
dirs(void)
{
	char path[128];

	strcpy(made, root);
	assert_non_null(mkdtemp(made));
	strcpy(root, made);
	(void)snprintf(path, sizeof(path), "%s/.well-known", root);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(mkdir(at(""), 0755), 0);
}

static void
dirs_gone(void)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
	strcpy(root, "/tmp/latchkey-acme-XXXXXX");
}

static void
put(const char *name, const char *text, size_t len)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static enum err
reads(const char *token)
{
	char out[ACME_SAYS_MAX];
	size_t len = 0;
	enum err e = acme_read(root, token, out, &len);

	if (e == ERR_OK)
		assert_int_equal(len, strlen(token) + 1 + ACME_HASH);
	return e;
}

TEST(a_token_is_base64url_and_nothing_else)
{
	static const char *const none[] = {"", "/", "/.well-known",
	    "/.well-known/acme-challenge", PLACE, PLACE ".", PLACE "..",
	    PLACE "../secret", PLACE "a/b", PLACE "a.b", PLACE "a%2fb",
	    PLACE "a+b", PLACE "a=", PLACE "a ", PLACE "\xc3\xa4",
	    "/.well-known/acme-challengE/a", "/x" PLACE "a"};
	char longest[sizeof(PLACE) + ACME_TOKEN_MAX + 1] = PLACE;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_null(acme_token(none[i]));
	assert_string_equal(acme_token(PLACE TOKEN), TOKEN);
	assert_string_equal(acme_token(PLACE "-_0"), "-_0");
	memset(longest + strlen(PLACE), 'a', ACME_TOKEN_MAX);
	assert_non_null(acme_token(longest));
	strcat(longest, "a");
	assert_null(acme_token(longest));
}

TEST(only_what_belongs_to_a_token_is_said_of_it)
{
	static const struct {
		const char *text;
		bool good;
	} all[] = {{"tok." HASH, true}, {"tok." HASH "\n", true},
	    {"tok." HASH "\r\n", true}, {"", false}, {"\n", false},
	    {"tok", false}, {"tok.", false}, {"tok" HASH, false},
	    {"tok:" HASH, false}, {"tik." HASH, false},
	    {"tok." HASH "x", false}, {"tok." HASH "\n\n", false},
	    {"tok. " HASH, false}, {" tok." HASH, false},
	    {"tok.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqT=", false},
	    {"tok.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqT", false}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_int_equal(
		    acme_says("tok", all[i].text, strlen(all[i].text)),
		    all[i].good ? 4 + ACME_HASH : 0);
	assert_int_equal(
	    acme_says("tok", "tok.\0jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI",
		4 + ACME_HASH),
	    0);
}

TEST(a_file_of_its_token_is_read_and_one_that_holds_anything_else_is_not)
{
	char huge[4096], out[ACME_SAYS_MAX];
	size_t len;

	dirs();
	put(TOKEN, TOKEN "." HASH, sizeof(TOKEN "." HASH) - 1);
	put("line", "line." HASH "\n", sizeof("line." HASH));
	put("other", TOKEN "." HASH, sizeof(TOKEN "." HASH) - 1);
	put("empty", "", 0);
	memset(huge, 'a', sizeof(huge));
	put("huge", huge, sizeof(huge));
	assert_ok(reads(TOKEN));
	assert_ok(reads("line"));
	assert_err(reads("other"), ERR_BAD_INPUT);
	assert_err(reads("empty"), ERR_BAD_INPUT);
	assert_err(reads("huge"), ERR_BAD_INPUT);
	assert_err(reads("none"), ERR_NOT_FOUND);
	dirs_gone();
	assert_err(reads("none"), ERR_CONFIG);
	dirs();
	put("real", "real." HASH, sizeof("real." HASH) - 1);
	assert_err(acme_read(at("real"), "none", out, &len), ERR_CONFIG);
	dirs_gone();
}

/* The longest token that is taken has its room, to the octet. */
TEST(the_longest_token_and_what_is_said_of_it)
{
	char token[ACME_TOKEN_MAX + 1], text[ACME_SAYS_MAX + 3];

	dirs();
	memset(token, 't', ACME_TOKEN_MAX);
	token[ACME_TOKEN_MAX] = '\0';
	(void)snprintf(text, sizeof(text), "%s.%s\r\n", token, HASH);
	put(token, text, ACME_SAYS_MAX + 2);
	assert_ok(reads(token));
	text[ACME_SAYS_MAX] = 'x';
	put(token, text, ACME_SAYS_MAX + 2);
	assert_err(reads(token), ERR_BAD_INPUT);
	dirs_gone();
}

/* A pipe that nobody writes to would be waited for for ever. */
TEST(links_pipes_sockets_and_directories_are_not_read)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	char elsewhere[160], well[160];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	dirs();
	(void)snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", root);
	(void)snprintf(well, sizeof(well), "%s/.well-known", root);
	put("real", "link." HASH, sizeof("link." HASH) - 1);
	assert_int_equal(rename(at("real"), elsewhere), 0);
	assert_int_equal(symlink(elsewhere, at("link")), 0);
	assert_err(reads("link"), ERR_BAD_INPUT);
	assert_int_equal(mkfifo(at("pipe"), 0644), 0);
	assert_err(reads("pipe"), ERR_BAD_INPUT);
	assert_int_equal(mkdir(at("directory"), 0755), 0);
	assert_err(reads("directory"), ERR_BAD_INPUT);
	strcpy(un.sun_path, at("socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_err(reads("socket"), ERR_BAD_INPUT);
	close(fd);
	/* a link in place of a directory */
	put("good", "good." HASH, sizeof("good." HASH) - 1);
	assert_ok(reads("good"));
	assert_int_equal(unlink(elsewhere), 0);
	assert_int_equal(rename(well, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, well), 0);
	assert_err(reads("good"), ERR_BAD_INPUT);
	dirs_gone();
}

/* What the port without TLS answers: WEBROOT "" as if none were set. */
static int
plainly(const char *webroot, enum http_method method, const char *path,
    char body[static 256])
{
	OWN(arena) struct arena *a = arena_new(1 << 16);
	OWN(conf) struct conf *c = NULL;
	char text[256], why[CONF_WHY];
	struct app app = {.origin = "https://wifi.example.org"};
	struct request rq = {.method = method, .path = path, .query = ""};
	struct reply rp = {.arena = a};

	(void)snprintf(text, sizeof(text),
	    "portal { public_url = \"https://wifi.example.org\"\n%s%s%s }",
	    *webroot ? "acme_webroot = \"" : "", webroot, *webroot ? "\"" : "");
	assert_ok(conf_parse("x", text, strlen(text), &c, why));
	app.conf = c;
	rq.arena = a;
	plain_reply(&app, "wifi.example.org", &rq, &rp);
	(void)snprintf(
	    body, 256, "%.*s", (int)rp.body.len, rp.body.p ? rp.body.p : "");
	buf_own(&rp.body);
	return rp.status;
}

TEST(the_port_without_tls_answers_an_authority_if_there_is_a_directory)
{
	char body[256];

	dirs();
	put(TOKEN, TOKEN "." HASH "\n", sizeof(TOKEN "." HASH));
	put("stray", "a secret", 8);
	assert_int_equal(plainly(root, HTTP_GET, PLACE TOKEN, body), 200);
	assert_string_equal(body, TOKEN "." HASH);
	assert_int_equal(plainly(root, HTTP_GET, PLACE "stray", body), 404);
	assert_null(strstr(body, "secret"));
	assert_int_equal(plainly(root, HTTP_GET, PLACE "none", body), 404);
	assert_int_equal(plainly(root, HTTP_GET, PLACE, body), 404);
	assert_int_equal(plainly(root, HTTP_POST, PLACE TOKEN, body), 405);
	/* whoever types the name is still shown the way */
	assert_int_equal(plainly(root, HTTP_GET, "/", body), 302);
	assert_int_equal(plainly("", HTTP_GET, PLACE TOKEN, body), 302);
	dirs_gone();
}
