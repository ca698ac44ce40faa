#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/conf/conf.h"

static char why[CONF_WHY];

static enum err
parse(const char *text, struct conf **out)
{
	return conf_parse("x.conf", text, strlen(text), out, why);
}

/* Refused, and WHY says at which line and what. */
static void
refuses(const char *text, const char *said)
{
	OWN(conf) struct conf *c = NULL;

	assert_err(parse(text, &c), ERR_CONFIG);
	assert_null(c);
	if (strstr(why, said) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", said, why);
}

TEST(conf_of_nothing_has_every_default)
{
	OWN(conf) struct conf *c = NULL;

	assert_ok(parse("", &c));
	assert_int_equal(c->portal.port, 443);
	assert_int_equal(c->portal.session_idle, 1800);
	assert_int_equal(c->radius.receive_buffer, 8 << 20);
	assert_int_equal(c->portal.listen.n, 1);
	assert_string_equal(c->portal.listen.v[0], "0.0.0.0");
	assert_int_equal(c->portal.hosts.n, 0);
	assert_int_equal(c->nprovider, 0);
	assert_string_equal(c->portal.public_url, "");
}

TEST(conf_reads_what_is_written)
{
	OWN(conf) struct conf *c = NULL;

	assert_ok(parse("# a comment with { in it\n"
			"portal {\n"
			"\tport = 8443\n"
			"\tlisten = {\"127.0.0.1\", \"::1\"}\n"
			"\tsession_idle = 2h\n"
			"\tpublic_url = \"https://wifi.example.org\"\n"
			"\tbrand = \"Caf\xc3\xa9 } #1\"\n"
			"}\n"
			"radius { receive_buffer = 64k }\n"
			"provider \"uni\" {\n"
			"\tissuer = \"https://login.example.org\"\n"
			"\tclient_id = \"latchkey\"\n"
			"\tauth_method = none\n"
			"}\n"
			"provider \"city\" {\n"
			"\tissuer = \"http://127.0.0.1:4000\"\n"
			"\tclient_id = \"x\"\n"
			"\tauth_method = none\n"
			"\tallow_loopback = yes\n"
			"}\n",
	    &c));
	assert_int_equal(c->portal.port, 8443);
	assert_string_equal(c->portal.listen.v[1], "::1");
	assert_int_equal(c->portal.session_idle, 7200);
	assert_string_equal(
	    conf_said(&c->portal.brand, "en"), "Caf\xc3\xa9 } #1");
	assert_int_equal(c->radius.receive_buffer, 65536);
	assert_int_equal(c->nprovider, 2);
	assert_string_equal(c->provider[0].slug, "uni");
	assert_int_equal(c->provider[0].scopes.n, 3);
	assert_string_equal(c->provider[0].scopes.v[2], "email");
	assert_true(conf_provider(c, "city")->allow_loopback);
	assert_null(conf_provider(c, "town"));
}

TEST(conf_says_things_in_the_readers_language)
{
	OWN(conf) struct conf *c = NULL;
	const struct conf_said *w;

	assert_ok(parse("portal {\n\tpublic_url = \"https://w.example\"\n"
			"\twelcome_de = \"Willkommen\"\n"
			"\twelcome = \"Welcome\"\n\twelcome_fr = \"\"\n"
			"\tsupport_mail_de = \"hilfe@h.example\"\n"
			"\tterms_url = \"https://h.example/terms\"\n"
			"\tterms_url_zh = \"https://h.example/zh\"\n}\n"
			"provider \"a\" {\n\tissuer = \"http://a\"\n"
			"\tclient_id = x\n\tauth_method = none\n"
			"\tallow_loopback = yes\n\tlabel_ar = \"\xd9\x86\"\n}",
	    &c));
	w = &c->portal.welcome;
	assert_string_equal(conf_said(w, "de"), "Willkommen");
	assert_string_equal(conf_said(w, "de-AT"), "Willkommen");
	assert_string_equal(conf_said(w, "DE"), "Willkommen");
	assert_string_equal(conf_said(w, "fr"), "");
	assert_string_equal(conf_said(w, "it"), "Welcome");
	assert_string_equal(conf_said(w, "d"), "Welcome");
	assert_string_equal(conf_said(w, ""), "Welcome");
	assert_string_equal(conf_said(w, "en-XA"), "Welcome");
	assert_string_equal(conf_said(&c->portal.support, "de"), "");
	assert_string_equal(
	    conf_said(&c->portal.support_mail, "de"), "hilfe@h.example");
	assert_string_equal(conf_said(&c->portal.support_mail, "en"), "");
	assert_string_equal(
	    conf_said(&c->portal.terms_url, "zh"), "https://h.example/zh");
	assert_string_equal(
	    conf_provider_label(&c->provider[0], "ar"), "\xd9\x86");
	assert_string_equal(conf_provider_label(&c->provider[0], "de"), "a");
}

TEST(conf_refuses_texts_in_no_language_and_too_long_ones)
{
	char text[1000] = "portal {\n\n\twelcome_he = \"";

	refuses("portal {\n\twelcome_xx = \"x\"\n}\n",
	    "x.conf:2: portal: welcome_xx: no such language; there are en, ");
	refuses("portal {\n\twelcome_pt-BR = \"x\"\n}\n",
	    "portal: welcome_pt-BR: no such language; there are en, ");
	refuses("portal {\n\twelcome_DE = \"x\"\n}\n", "no such language");
	refuses("portal {\n\tport_de = 1\n}\n",
	    "there is no setting called 'port_de' in portal");
	refuses("portal {\n\tsupport_mial = x\n}\n",
	    "there is no setting called 'support_mial' in portal");
	refuses("portal {\n\tbrand_de = a\n\tbrand_de = b\n}\n",
	    "x.conf:3: portal: brand_de is set a second time");
	refuses("portal {\n\tterms_url_de = \"here\"\n}\n",
	    "x.conf:2: portal: terms_url_de: an address such as https");
	refuses("portal {\n\tterms_url_de = \"https://h/de\"\n}\n",
	    "x.conf:2: portal: terms_url_de needs terms_url");
	refuses("portal {\n\tterms_url = \"https://h\"\n"
		"\tterms_url_de = \"\"\n}\n",
	    "x.conf:3: portal: terms_url_de: an address was expected");
	memset(text + strlen(text), 'a', 601);
	strcat(text, "\"\n}\n");
	refuses(text, "x.conf:3: portal: welcome_he: one line of 0 to 600");
}

/* Those of the pages, all of them. */
TEST(conf_takes_every_language_for_the_default_one)
{
	static const char *const all[] = {
#define LANGUAGE(tag, rtl) #tag,
#include "core/base/languages.def"
#undef LANGUAGE
	};
	char text[60];

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		OWN(conf) struct conf *c = NULL;

		(void)snprintf(text, sizeof(text),
		    "portal { default_language = %s }", all[i]);
		assert_ok(parse(text, &c));
		assert_string_equal(c->portal.default_language, all[i]);
	}
	refuses("portal { default_language = xx }", "one of en|de|fr|es|it|");
}

TEST(conf_names_file_line_and_what_was_expected)
{
	refuses("portal {\n\tflavour = red\n}\n", "x.conf:2: ");
	refuses("portal {\n\tflavour = red\n}\n", "flavour");
	refuses("portal {\n\n\tport = 0\n}\n",
	    "x.conf:3: portal: port: a whole number from 1 to 65535");
	refuses("portal {\n\tport = 65536\n}\n", "x.conf:2: ");
	refuses("portal {\n\tport = 44x\n}\n", "x.conf:2: ");
	refuses("portal {\n\tport = 1\n\tport = 2\n}\n",
	    "x.conf:3: portal: port is set a second time");
	refuses("portal {\n}\nportal {\n}\n", "a second section portal");
	refuses("portal {\n\tport = 1\n", "x.conf:1: what is opened here");
	refuses("portal {\n\tbrand = \"x\n}\n", "x.conf:2: this text has no");
	refuses("}\n", "x.conf:1: this } closes nothing");
	refuses("/* \n\n", "x.conf:1: this comment is never closed");
	refuses("log {\n\tform = xml\n}", "x.conf:2: log: form: one of text");
	refuses("store {\n\tpath = \"here\"\n}", "a path that starts with /");
	refuses(
	    "keys {\n\tmaster_key = \"\"\n\tmaster_key2 = x\n}", "x.conf:3");
	refuses("portal {\n\tsession_idle = 59\n}", "from 60 to 604800 sec");
	refuses("portal {\n\tbrand = \"${HOME}\"\n}", "${...} is not put in");
	refuses("portal {\n\tbrand = ${HOME}\n}", "${...} is not put in");
	refuses("portal {\n\tpublic_url = \"https://u:p@h\"\n}", "an address");
	refuses("portal {\n\tlisten = {a}\n\tlisten = {b}\n}",
	    "x.conf:3: portal: listen is set a second time");
}

TEST(conf_names_the_section_that_does_not_fit)
{
	refuses("\n\nportal {\n\tpublic_url = \"http://h\"\n}\n",
	    "x.conf:4: portal: public_url: https:// was expected");
	refuses("portl {\n}\n", "x.conf:1: there is no section called 'portl'");
	refuses("portal {\n\tpublic_url = \"https://h\"\n}\n"
		"provider a {\n\tissuer = \"https://op\"\n"
		"\tclient_id = x\n\tauth_method = none\n}\n"
		"\nprovider b {\n\tissuer = \"http://op\"\n"
		"\tclient_id = x\n\tauth_method = none\n}\n",
	    "x.conf:11: provider \"b\": issuer: https:// was expected");
	refuses("\nguest {\n\tways = {mail}\n}\n",
	    "x.conf:3: guest: the way mail needs mail: url");
}

TEST(conf_wants_what_belongs_together)
{
	refuses(
	    "provider \"a\" {\n\tclient_id = x\n}\n", "issuer must be given");
	refuses("provider \"a\" {\n\tissuer = \"https://a.example\"\n"
		"\tclient_id = x\n\tauth_method = none\n}\n",
	    "public_url is needed");
	refuses("portal { public_url = \"https://w.example\" }\n"
		"provider \"a\" {\n\tissuer = \"https://a.example\"\n"
		"\tclient_id = x\n}\n",
	    "client_secret_file is needed");
	refuses("portal { public_url = \"https://w.example\" }\n"
		"provider \"a\" {\n\tissuer = \"http://a.example\"\n"
		"\tclient_id = x\n\tauth_method = none\n}\n",
	    "https:// was expected");
	refuses("provider \"A B\" {\n}\n", "a name of a-z");
	refuses("provider {\n}\n", "x.conf:1");
	refuses("store { engine = pgsql }", "url is needed");
}

TEST(conf_bounds_hold_to_the_last_number)
{
	OWN(conf) struct conf *c = NULL;
	char *big = malloc(CONF_FILE_MAX + 2);

	assert_ok(parse("portal { port = 65535 threads_fast = 64 }", &c));
	memset(big, '\n', CONF_FILE_MAX + 1);
	conf_free(c);
	c = NULL;
	assert_ok(conf_parse("x", big, CONF_FILE_MAX, &c, why));
	conf_free(c);
	c = NULL;
	assert_err(
	    conf_parse("x", big, CONF_FILE_MAX + 1, &c, why), ERR_CONFIG);
	free(big);
	refuses("portal { port = 99999999999999999999 }", "whole number");
}

/* What is printed for people is itself a configuration. */
TEST(conf_sample_and_dump_are_read_again)
{
	OWN(conf) struct conf *c = NULL, *again = NULL, *third = NULL;
	OWN(mem) char *text = NULL, *dump = NULL;
	size_t len, dumplen;
	FILE *f = open_memstream(&text, &len);

	conf_sample(f);
	assert_int_equal(fclose(f), 0);
	assert_ok(conf_parse("sample", text, len, &c, why));
	f = open_memstream(&dump, &dumplen);
	conf_dump(c, f);
	assert_int_equal(fclose(f), 0);
	assert_ok(conf_parse("dump", dump, dumplen, &again, why));
	assert_int_equal(again->portal.port, c->portal.port);
	/* with every comment taken away it still is one */
	for (char *t = text; (t = strstr(t, "\t# ")) != NULL; t += 3)
		if (strchr(t, '=') && strchr(t, '=') < strchr(t, '\n') &&
		    t[3] >= 'a' && t[3] <= 'z' &&
		    strcspn(t + 3, " ") == (size_t)(strchr(t, '=') - t - 4))
			memcpy(t, "\t  ", 3);
	assert_ok(conf_parse("uncommented", text, len, &third, why));
	assert_string_equal(third->portal.hosts.v[0], "wifi.example.org");
}

TEST(conf_secret_is_one_private_line)
{
	char path[] = "/tmp/latchkey-secret-XXXXXX";
	OWN(secret) struct secret s = SECRET_NONE;
	int fd = mkstemp(path);

	assert_int_equal(write(fd, "open sesame\n", 12), 12);
	assert_ok(conf_secret(path, &s, why));
	assert_string_equal(secret_text(&s), "open sesame");
	assert_int_equal(chmod(path, 0604), 0);
	assert_err(conf_secret(path, &s, why), ERR_CONFIG);
	assert_non_null(strstr(why, "others may read"));
	assert_int_equal(s.len, 0);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_err(conf_secret(path, &s, why), ERR_CONFIG);
	assert_int_equal(pwrite(fd, "a\nb\n", 4, 0), 4);
	assert_err(conf_secret(path, &s, why), ERR_CONFIG);
	assert_null(strstr(why, "sesame"));
	close(fd);
	unlink(path);
	assert_err(conf_secret(path, &s, why), ERR_CONFIG);
}
