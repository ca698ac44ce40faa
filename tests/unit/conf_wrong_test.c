/* What a configuration may have wrong, in its text and in the files it names;
 * each is told by line and name. */
#include "tests/unit/failing.h"

#include "core/conf/table.h"

static char why[CONF_WHY];

static enum err
parse(const char *text, size_t len, struct conf **out)
{
	return conf_parse("x.conf", text, len, out, why);
}

static void
said_in(const char *text, const char *said)
{
	if (strstr(why, said) == NULL)
		fail_msg("%s: \"%s\" is not in \"%s\"", text, said, why);
}

static void
refuses(const char *text, const char *said)
{
	OWN(conf) struct conf *c = NULL;

	if (parse(text, strlen(text), &c) != ERR_CONFIG)
		fail_msg("%s: taken", text);
	assert_null(c);
	said_in(text, said);
}

static void
takes(const char *text)
{
	OWN(conf) struct conf *c = NULL;

	if (parse(text, strlen(text), &c) != ERR_OK)
		fail_msg("%s: %s", text, why);
}

TEST(conf_text_that_is_no_configuration_is_refused)
{
	static const char nul[] = "portal {\n\0}";
	struct conf *c = NULL;

	assert_err(parse(nul, sizeof(nul) - 1, &c), ERR_CONFIG);
	said_in("NUL", "x.conf:2: a NUL is in the file");
	refuses("portal { brand = \"\xff\" }", "not UTF-8");
	refuses("{{{{{{{{{", "nested too deeply");
	refuses("portal = 5", "x.conf:1: ");
	refuses("portal { brand = \"x\\", "no closing quote");
	refuses("# the file ends here\nlog { /", "x.conf:2: ");
	refuses("log { form = a$b c }", "x.conf:1: ");
	takes("// a comment\n# another /* with this\n/* and\nthis */");
	takes("portal { brand = 'costs ${5}' }");
	takes("portal { brand = \"a \\\" quote and a \\\\\" }");
}

TEST(conf_values_of_each_kind_are_held_to_it)
{
	static const struct {
		const char *text, *says;
	} all[] = {
	    {"portal { brand = \"a\tb\" }", "one line of"},
	    {"portal { brand = \"a\x7f\" }", "one line of"},
	    {"portal { port = \"\" }", "a whole number"},
	    {"portal { port = -1 }", "a whole number"},
	    {"portal { session_idle = 90x }", "a time such as"},
	    {"portal { session_idle = 90mm }", "a time such as"},
	    {"radius { receive_buffer = 8T }", "a size such as"},
	    {"portal { port = 1111111111111111111111111 }", "whole number"},
	    {"sms { allow_private = maybe }", "yes or no was expected"},
	    {"log { form = \"\" }", "one of text"},
	    {"store { path = \"/a\tb\" }", "a path that starts with /"},
	    {"portal { listen = {\"\"} }", "entries of one line each"},
	    {"portal { listen = {\"a\tb\"} }", "entries of one line each"},
	    {"portal { public_url = \"ftp://h\" }", "an address such as"},
	    {"portal { public_url = \"https://\" }", "an address such as"},
	    {"portal { public_url = \"https:///x\" }", "an address such as"},
	    {"portal { public_url = \"https://a b\" }", "an address such as"},
	    {"portal { public_url = \"https://a\tb\" }", "an address such as"},
	    {"provider a { issuer = \"\" }", "an address such as"},
	    {"provider \"\" { }", "a name of a-z"},
	    {"provider abcdefghijklmnopqrstuvwxyz0123456 { }", "a name of a-z"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		refuses(all[i].text, all[i].says);
	takes("radius { receive_buffer = 8192K }");
	takes("portal { session_idle = 1d public_url = \"\" }");
	takes("provider abcdefghijklmnopqrstuvwxyz012345 {\n"
	      "issuer = \"http://127.0.0.1\" allow_loopback = yes\n"
	      "client_id = x auth_method = none\n}\n"
	      "portal { public_url = \"https://w.example\" }");
}

TEST(conf_texts_and_addresses_are_not_endless)
{
	static char big[CONF_TEXT_MAX + 100];

	(void)snprintf(big, sizeof(big),
	    "portal { public_url = \"https://%0*d\" }", 1000, 7);
	refuses(big, "an address such as");
	(void)snprintf(
	    big, sizeof(big), "store { path = \"/%0*d\" }", CONF_TEXT_MAX, 7);
	refuses(big, "a path that starts with /");
}

TEST(conf_lists_end_where_they_should)
{
	char text[600] = "guest { ways = {";

	refuses("guest { ways = {code, code, code, code, code} }",
	    "0 to 4 entries");
	for (int i = 0; i < CONF_LIST_MAX + 2; i++)
		(void)strncat(text, "code, ", sizeof(text) - 10);
	(void)strncat(text, "code} }", 8);
	refuses(text, "0 to 4 entries");
}

TEST(conf_has_room_for_sixteen_providers)
{
	for (int n = CONF_PROVIDERS_MAX; n <= CONF_PROVIDERS_MAX + 1; n++) {
		OWN(conf) struct conf *c = NULL;
		OWN(mem) char *text = NULL;
		size_t len;
		FILE *f = open_memstream(&text, &len);

		(void)fprintf(f, "portal { public_url = \"https://w\" }\n");
		for (int i = 0; i < n; i++)
			(void)fprintf(f,
			    "provider p%d { issuer = \"https://op\"\n"
			    "client_id = x auth_method = none }\n",
			    i);
		assert_int_equal(fclose(f), 0);
		if (n == CONF_PROVIDERS_MAX) {
			assert_ok(parse(text, len, &c));
			assert_int_equal(c->nprovider, CONF_PROVIDERS_MAX);
			assert_string_equal(c->provider[15].slug, "p15");
		} else {
			assert_err(parse(text, len, &c), ERR_CONFIG);
			said_in("17", "at most 16 are possible");
		}
	}
	refuses("portal { public_url = \"https://w\" }\n"
		"provider a { issuer = \"https://op\" client_id = x\n"
		"auth_method = none }\nprovider a { }",
	    "x.conf:4: ");
}

TEST(conf_says_which_settings_want_another)
{
	static const struct {
		const char *text, *says;
	} all[] = {
	    {"mail { links_a_day = 1 }", "links_a_day needs url"},
	    {"mail { url = \"smtp://m\" from = \"a@b\"\n links_a_day = 1 }",
		"x.conf:2: mail: links_a_day needs portal: public_url"},
	    {"mail { url = \"smtp://m\" }", "from is needed to send mail"},
	    {"guest { ways = {pigeon} }", "code, mail, phone or sponsor"},
	    {"guest { ways = {phone} }", "the way phone needs sms: url"},
	    {"mail { url = \"smtp://m\" from = \"a@b\" }\n"
	     "guest { ways = {sponsor} }",
		"the way sponsor needs sponsor_domains"},
	    {"guest { ways = {sponsor} sponsor_domains = {a} }",
		"the way sponsor needs mail: url"},
	    {"portal { colour = \"red\" }", "six hexadecimal digits"},
	    {"portal { colour = \"#12345\" }", "six hexadecimal digits"},
	    {"portal { colour = \"1234567\" }", "six hexadecimal digits"},
	    {"portal { colour = \"#12345g\" }", "six hexadecimal digits"},
	    {"guest { country = \"49\" }", "+ and digits were expected"},
	    {"guest { country = \"+\" }", "+ and digits were expected"},
	    {"guest { country = \"+0\" }", "+ and digits were expected"},
	    {"guest { country = \"+:\" }", "+ and digits were expected"},
	    {"guest { country = \"+4x\" }", "+ and digits were expected"},
	    {"portal { public_url = \"https://w\" }\n"
	     "provider a { issuer = \"https://op\" client_id = x\n"
	     "auth_method = private_key_jwt }",
		"x.conf:3: provider \"a\": private_key_file is needed"},
	    {"portal { public_url = \"https://w\" }\n"
	     "provider a { issuer = \"https://op\" client_id = x\n"
	     "auth_method = client_secret_post }",
		"client_secret_file is needed for client_secret_post"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		refuses(all[i].text, all[i].says);
	takes("mail { url = \"smtp://m\" from = \"a@b\" links_a_day = 1 }\n"
	      "portal { public_url = \"https://w\" }\n"
	      "sms { url = \"https://s\" }\n"
	      "store { engine = pgsql url = \"postgresql:///x\" }\n"
	      "guest { ways = {code, mail, phone, sponsor} country = \"+49\"\n"
	      "sponsor_domains = {a} }\n"
	      "provider a { issuer = \"https://op\" client_id = x\n"
	      "auth_method = private_key_jwt private_key_file = \"/k\" }\n"
	      "provider b { issuer = \"https://op\" client_id = x\n"
	      "client_secret_file = \"/s\" }");
}

/* --- what is printed --- */

TEST(conf_dump_quotes_what_has_to_be)
{
	static const char text[] =
	    "portal { brand = \"a \\\"b\\\" \\\\c\" brand_uk = \"\\\"\" listen "
	    "= {\"::1\", a}\n"
	    "public_url = \"https://w\" }\n"
	    "provider a { issuer = \"https://op\" client_id = x\n"
	    "auth_method = none allow_loopback = yes }";
	OWN(conf) struct conf *c = NULL, *again = NULL;
	OWN(mem) char *dump = NULL;
	size_t len;
	FILE *f = open_memstream(&dump, &len);

	assert_ok(parse(text, sizeof(text) - 1, &c));
	assert_string_equal(c->portal.brand.all, "a \"b\" \\c");
	conf_dump(c, f);
	assert_int_equal(fclose(f), 0);
	assert_ok(parse(dump, len, &again));
	assert_string_equal(again->portal.brand.all, c->portal.brand.all);
	assert_string_equal(conf_said(&again->portal.brand, "uk"), "\"");
	assert_int_equal(again->portal.listen.n, 2);
	assert_string_equal(again->portal.listen.v[1], "a");
	assert_string_equal(again->provider[0].slug, "a");
	assert_true(again->provider[0].allow_loopback);
}

/* --- files --- */

static char dir[64], file[96];

static const char *
in_dir(const char *name, const char *text, mode_t mode)
{
	int fd;

	(void)snprintf(file, sizeof(file), "%s/%s", dir, name);
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
	return file;
}

static void
dir_make(void)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/latchkey-conf-XXXXXX");
	assert_non_null(mkdtemp(dir));
}

static void
dir_end(void)
{
	static const char *const names[] = {"x.conf", "secret", "ca"};

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", dir, names[i]);
		(void)unlink(file);
	}
	assert_int_equal(rmdir(dir), 0);
}

TEST(conf_file_that_cannot_be_read_is_named)
{
	struct conf *c = NULL;
	OWN(secret) struct secret s = SECRET_NONE;

	assert_err(conf_load("/nonexistent/x.conf", &c, why), ERR_CONFIG);
	said_in("missing", "/nonexistent/x.conf: cannot be read: No such");
	assert_err(conf_load("/tmp", &c, why), ERR_CONFIG);
	said_in("a folder", "Is a directory");
	assert_null(c);
	assert_err(conf_secret("/tmp", &s, why), ERR_CONFIG);
	said_in("a folder", "a plain file was expected");
	assert_err(conf_secret("/proc/self/mem", &s, why), ERR_CONFIG);
	said_in("no reading", "Input/output error");
}

TEST(conf_load_finds_secrets_that_are_open_to_others)
{
	OWN(conf) struct conf *c = NULL;
	char text[400], secret[96], conf[96];

	dir_make();
	(void)snprintf(
	    secret, sizeof(secret), "%s", in_dir("secret", "sesame", 0604));
	(void)snprintf(text, sizeof(text),
	    "portal { public_url = \"https://w\" certificate = \"/tmp\"\n"
	    "chroot = \"/tmp\" }\n"
	    "provider a { issuer = \"https://op\" client_id = x\n"
	    "client_secret_file = \"%s\" ca_file = \"%s/ca\" }",
	    secret, dir);
	(void)snprintf(conf, sizeof(conf), "%s", in_dir("x.conf", text, 0600));
	assert_err(conf_load(conf, &c, why), ERR_CONFIG);
	said_in(text, "others may read or change this secret");
	assert_null(c);
	assert_int_equal(chmod(secret, 0620), 0);
	assert_err(conf_load(conf, &c, why), ERR_CONFIG);
	assert_int_equal(chmod(secret, 0640), 0);
	assert_ok(conf_load(conf, &c, why));
	/* what is named is to be there once it is asked for */
	assert_err(conf_check_files(c, why), ERR_CONFIG);
	said_in(text, "/ca: cannot be read");
	(void)in_dir("ca", "", 0600);
	if (conf_check_files(c, why) != ERR_OK)
		assert_null(strstr(why, dir)); /* but some default */
	assert_int_equal(unlink(secret), 0);
	conf_free(give(c));
	assert_ok(conf_load(conf, &c, why)); /* it may come later */
	assert_err(conf_check_files(c, why), ERR_CONFIG);
	dir_end();
}

TEST(conf_check_finds_what_the_pages_need)
{
	OWN(conf) struct conf *c = NULL;
	const char *text = "portal { certificate = \"/nonexistent/a.pem\" }";

	assert_ok(parse(text, strlen(text), &c));
	assert_err(conf_check_files(c, why), ERR_CONFIG);
	said_in(text, "/nonexistent/a.pem: cannot be read: No such file");
}

TEST(conf_secret_has_no_line_end_and_no_nul)
{
	OWN(secret) struct secret s = SECRET_NONE;
	char long_one[SECRET_MAX + 4];

	dir_make();
	assert_ok(conf_secret(in_dir("secret", "sesame\r\n", 0600), &s, why));
	assert_string_equal(secret_text(&s), "sesame");
	assert_err(
	    conf_secret(in_dir("secret", "\r\n", 0600), &s, why), ERR_CONFIG);
	memset(long_one, 'x', sizeof(long_one));
	long_one[SECRET_MAX] = '\0';
	assert_ok(conf_secret(in_dir("secret", long_one, 0600), &s, why));
	assert_int_equal(s.len, SECRET_MAX);
	long_one[SECRET_MAX] = 'x';
	long_one[SECRET_MAX + 1] = '\0';
	assert_err(
	    conf_secret(in_dir("secret", long_one, 0600), &s, why), ERR_CONFIG);
	(void)in_dir("secret", "abc", 0600);
	assert_int_equal(truncate(file, 5), 0);
	assert_err(conf_secret(file, &s, why), ERR_CONFIG);
	assert_int_equal(s.len, 0);
	dir_end();
}

/* --- memory --- */

/* The allocations of ours that come before libconfuse's first, which would end
 * the process: that is at its start. */
TEST(conf_parse_survives_allocations_that_fail)
{
	static const char text[] = "log { form = json }";
	size_t n;

	if (!starve_in_front())
		return;
	for (n = 1; n <= 4 + conf_nsections; n++) {
		OWN(conf) struct conf *c = NULL;
		enum err e;

		failing_after(FAILING_ALLOC, (long)n);
		e = parse(text, sizeof(text) - 1, &c);
		(void)failing_pause();
		assert_true(failing_happened());
		assert_err(e, n <= 3 ? ERR_NO_MEMORY : ERR_CONFIG);
		assert_null(c);
	}
	takes(text);
}

TEST(conf_values_survive_allocations_that_fail)
{
	const struct conf_row text = {.name = "t", .kind = CONF_TEXT};
	const struct conf_row list = {
	    .name = "l", .kind = CONF_LIST, .most = 4};
	const char *const v[] = {"a", "b"};
	struct conf_memory *m = conf_memory_new();
	const struct conf_row said = {.name = "s", .kind = CONF_SAID};
	struct conf_said speech = {0};
	struct conf_list at = {0};
	const char *to = NULL;

	if (!starve_in_front()) {
		conf_memory_free(m);
		return;
	}
	failing_after(FAILING_ALLOC, 1);
	assert_false(conf_value(&text, "x", &to, m, why));
	(void)failing_pause();
	assert_string_equal(why, "more memory");
	for (long n = 1; n <= 2; n++) {
		failing_after(FAILING_ALLOC, n);
		assert_false(conf_said_value(&said, 1, "x", &speech, m, why));
		(void)failing_pause();
		assert_string_equal(why, "more memory");
		assert_null(speech.in);
	}
	for (long n = 1; n <= 3; n++) {
		failing_after(FAILING_ALLOC, n);
		assert_false(conf_list_value(&list, v, 2, &at, m, why));
		(void)failing_pause();
		assert_string_equal(why, "more memory");
	}
	assert_false(conf_value(&list, "x", &at, m, why));
	assert_string_equal(why, "a list such as {\"a\", \"b\"}");
	assert_true(conf_list_value(&list, v, 2, &at, m, why));
	assert_int_equal(at.n, 2);
	assert_null(conf_get(m, SIZE_MAX));
	conf_memory_free(m);
}
