/* RADIUS over TLS: who is let in, which version is agreed on, and which files
 * are of use. The other end is OpenSSL's client. */
#include "tests/unit/radsec_peer.h"

#include <errno.h>
#include <sys/resource.h>

#include "core/crypt/hash.h"
#include "radius/radsec/peer.h"
#include "radius/radsec/server_in.h"

/* --- files ------------------------------------------------------------------
 */

static const char *
trouble(void)
{
	static char why[CONF_WHY];
	struct tls *t = NULL;

	why[0] = '\0';
	assert_err(tls_new(&h.conf, &t, why), ERR_CONFIG);
	assert_null(t);
	return why;
}

static void
rubbish(int which)
{
	FILE *f = fopen(file[which], "w");

	assert_non_null(f);
	(void)fputs("nothing of use\n", f);
	(void)fclose(f);
}

TEST(radsec_files_that_are_of_no_use_are_named)
{
	struct tls *t = NULL;
	char why[CONF_WHY];

	make();
	assert_ok(tls_new(&h.conf, &t, why));
	tls_free(t);
	tls_free(NULL);
	h.conf.radsec.ca_file = file[NONE];
	assert_non_null(strstr(trouble(), file[NONE]));
	h.conf.radsec.ca_file = file[CA];
	h.conf.radsec.crl_file = file[NONE];
	assert_non_null(strstr(trouble(), file[NONE]));
	rubbish(CRL);
	h.conf.radsec.crl_file = file[CRL];
	assert_non_null(strstr(trouble(), file[CRL]));
	h.conf.radsec.crl_file = "";
	h.conf.radsec.certificate = file[NONE];
	assert_non_null(strstr(trouble(), file[NONE]));
	h.conf.radsec.certificate = file[CERT];
	h.conf.radsec.private_key = file[NONE];
	assert_non_null(strstr(trouble(), file[NONE]));
	cert_write(&hall, file[NONE], file[KEY]); /* another's key */
	h.conf.radsec.private_key = file[KEY];
	assert_non_null(strstr(trouble(), file[KEY]));
	rubbish(CA);
	assert_non_null(strstr(trouble(), file[CA]));
	/* without certificates of its own it is for those with a key */
	h.conf.radsec.certificate = h.conf.radsec.ca_file = "";
	assert_ok(tls_new(&h.conf, &t, why));
	tls_free(t);
	end();
}

/* With a list of the revoked, on which nobody is. */
static struct tls *
with_a_list(void)
{
	struct tls *t = NULL;
	char why[CONF_WHY];

	make();
	h.conf.radsec.crl_file = file[CRL];
	cert_list(&root, NULL, file[CRL]);
	assert_ok(tls_new(&h.conf, &t, why));
	tls_ask(t, st);
	return t;
}

TEST(radsec_files_are_read_again_when_they_changed_and_are_good)
{
	struct cert again;
	struct tls *t;

	t = with_a_list();
	assert_false(tls_again(t, second)); /* nothing changed */
	again = cert_new(&root, "DNS:localhost", -60, DAY);
	cert_write(&again, file[CERT], file[KEY]);
	assert_false(tls_again(t, second + 1)); /* looked just now */
	assert_true(tls_again(t, 3 * second));
	assert_false(tls_again(t, 5 * second));
	rubbish(CRL);
	assert_false(tls_again(t, 7 * second)); /* they are of no use */
	assert_false(tls_again(t, 9 * second));
	assert_int_equal(unlink(file[CRL]), 0); /* being replaced */
	assert_false(tls_again(t, 11 * second));
	cert_list(&root, NULL, file[CRL]);
	assert_true(tls_again(t, 13 * second));
	tls_free(t);
	cert_free(&again);
	end();
}

/* What is wrong may be here, not in the files: they are tried until they are
 * read, or a list of the revoked would never be. */
TEST(radsec_files_that_could_not_be_read_are_read_later)
{
	struct rlimit all, none;
	struct tls *t;

	t = with_a_list();
	assert_false(tls_again(t, second));
	cert_list(&root, &hall, file[CRL]);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	none = (struct rlimit){0, all.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_false(tls_again(t, 3 * second));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	assert_true(tls_again(t, 5 * second));
	assert_false(tls_again(t, 7 * second));
	tls_free(t);
	end();
}

TEST(radsec_without_a_socket_is_none_and_bad_files_stop_it)
{
	struct sockets none = {.n = 0},
		       one = {.n = 1, .fd = {-1}, .use = {SOCKET_TLS}};
	struct server *s = (struct server *)file;
	struct run_part part;
	char why[CONF_WHY] = "";

	make();
	assert_ok(server_new(&h.conf, &none, &s, why));
	assert_null(s);
	server_free(s);
	part = server_part(NULL);
	assert_ok(part.start(part.ctx, st));
	part.stop(part.ctx);
	h.conf.radsec.ca_file = file[NONE];
	assert_err(server_new(&h.conf, &one, &s, why), ERR_CONFIG);
	assert_null(s);
	assert_non_null(strstr(why, file[NONE]));
	h.conf.radsec.ca_file = file[CA];
	assert_ok(server_new(&h.conf, &one, &s, why));
	assert_non_null(s);
	server_free(s);
	end();
}

/* In the place of the library's: there is no descriptor left. */
int
accept4(int fd, struct sockaddr *from, socklen_t *len, int flags)
{
	(void)fd, (void)from, (void)len, (void)flags;
	errno = EMFILE;
	return -1;
}

/* Who calls waits in the socket, which can be read from all that time. */
TEST(radsec_without_a_descriptor_nobody_is_taken_for_a_while)
{
	static const struct receiver_way way;
	static struct server s;

	make();
	assert_non_null(s.r = receiver_new(st, &way));
	s.fd[0] = (struct pollfd){.fd = 0, .events = POLLIN};
	s.listening = 1;
	s.arrival.mono = second;
	(void)server_ask(&s);
	assert_int_equal(s.fd[0].events, POLLIN);
	server_take(&s, 0);
	assert_true(server_ask(&s) > 0);
	assert_int_equal(s.fd[0].events, 0);
	s.arrival.mono += second;
	(void)server_ask(&s);
	assert_int_equal(s.fd[0].events, POLLIN);
	receiver_free(s.r);
	end();
}

/* --- who comes --------------------------------------------------------------
 */

/* "" when it is let in; else why not. */
static const char *
comes(const struct client *c)
{
	static char why[200];
	struct meeting m = meet(c);

	text_copy(why, sizeof(why), m.there ? "" : m.why);
	leave(&m);
	return why;
}

static const char nobody[] = "not an access point of ours";

TEST(radsec_a_name_in_a_good_certificate_lets_in)
{
	static const struct {
		const char *names;
		bool good;
	} all[] = {
	    {"DNS:hall.example", true},
	    {"DNS:HALL.EXAMPLE", true},
	    {"IP:192.0.2.1,email:a@hall.example,DNS:hall.example", true},
	    {"DNS:attic.example,DNS:hall.example", true},
	    {"DNS:hall.example.", false},
	    {"DNS:*.example", false},
	    {"DNS:all.example", false},
	    {"email:hall.example", false},
	    {NULL, false},
	};
	struct cert far_root, far;

	begin();
	known_by("hall.example");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct cert c = cert_new(&root, all[i].names, -60, DAY);
		const char *why = comes(&(struct client){.cert = &c});

		if (strcmp(why, all[i].good ? "" : nobody) != 0)
			fail_msg("%s: %s", all[i].names, why);
		cert_free(&c);
	}
	far_root = cert_new(NULL, NULL, -60, DAY);
	far = cert_new(&far_root, "DNS:hall.example", -60, DAY);
	assert_non_null(
	    strstr(comes(&(struct client){.cert = &far}), "issuer"));
	assert_string_not_equal(comes(&(struct client){.cert = NULL}), "");
	cert_free(&far);
	cert_free(&far_root);
	finish();
}

/* Names are looked at while there are few of them, and none that is longer
 * than ours may be, or that goes on behind a NUL. */
TEST(radsec_names_are_bounded)
{
	static const uint8_t nul[] = "hall.example\0.evil";
	char names[2000] = "";
	struct cert c;
	GENERAL_NAMES *all;
	GENERAL_NAME *g;
	ASN1_IA5STRING *s;
	size_t n = 0;

	begin();
	known_by("hall.example");
	for (int i = 0; i < 32; i++)
		n += (size_t)snprintf(
		    names + n, sizeof(names) - n, "DNS:a%d.example,", i);
	(void)snprintf(names + n, sizeof(names) - n, "DNS:hall.example");
	c = cert_new(&root, names, -60, DAY);
	assert_string_equal(comes(&(struct client){.cert = &c}), nobody);
	cert_free(&c);
	c = cert_new(&root, names + sizeof("DNS:a0.example,") - 1, -60, DAY);
	assert_string_equal(comes(&(struct client){.cert = &c}), "");
	cert_free(&c);
	c = cert_new(&root, NULL, -60, DAY);
	all = GENERAL_NAMES_new();
	for (int i = 0; i < 3; i++) {
		char longest[300];

		memset(longest, 'a', sizeof(longest));
		g = GENERAL_NAME_new();
		s = ASN1_IA5STRING_new();
		ASN1_STRING_set(s, i == 0 ? (const void *)nul : longest,
		    i == 0   ? (int)sizeof(nul) - 1
		    : i == 1 ? (int)sizeof(longest)
			     : 0);
		GENERAL_NAME_set0_value(g, GEN_DNS, s);
		sk_GENERAL_NAME_push(all, g);
	}
	X509_add1_ext_i2d(c.x, NID_subject_alt_name, all, 0, 0);
	assert_null(peer_by_name(k, c.x));
	GENERAL_NAMES_free(all);
	cert_free(&c);
	finish();
}

static void
hash_of(const struct cert *c, const char *more, char out[static 80])
{
	uint8_t sum[32];
	char hex[65];
	unsigned n;

	assert_int_equal(X509_digest(c->x, EVP_sha256(), sum, &n), 1);
	text_to_hex(sum, 32, hex);
	(void)snprintf(out, 80, "sha256:%s%s", hex, more);
}

TEST(radsec_a_hash_needs_no_authority_but_its_dates_count)
{
	static const struct {
		long from, to;
		const char *want;
	} all[] = {
	    {-60, DAY, ""}, {-DAY, -60, "expired"}, {60, DAY, "expired"}};
	char text[80];

	begin();
	for (size_t i = 0; i < 3; i++) {
		struct cert c = cert_new(NULL, NULL, all[i].from, all[i].to);
		const char *why;

		hash_of(&c, "", text);
		known_by(text);
		why = comes(&(struct client){.cert = &c});
		if (all[i].want[0] == '\0')
			assert_string_equal(why, "");
		else
			assert_non_null(strstr(why, all[i].want));
		cert_free(&c);
	}
	finish();
}

TEST(radsec_a_revoked_certificate_is_refused_from_the_next_look_on)
{
	char why[CONF_WHY];

	begin();
	known_by("hall.example");
	assert_string_equal(comes(&(struct client){.cert = &hall}), "");
	tls_free(tls);
	h.conf.radsec.crl_file = file[CRL];
	cert_list(&root, NULL, file[CRL]);
	assert_ok(tls_new(&h.conf, &tls, why));
	tls_ask(tls, st);
	assert_string_equal(comes(&(struct client){.cert = &hall}), "");
	cert_list(&root, &hall, file[CRL]);
	assert_true(tls_again(tls, 5 * second));
	assert_non_null(
	    strstr(comes(&(struct client){.cert = &hall}), "revoked"));
	finish();
}

TEST(radsec_a_key_lets_in_its_access_point_and_no_other)
{
	struct tls_psk p, wrong;

	for (int max = TLS1_2_VERSION; max <= TLS1_3_VERSION; max++) {
		begin();
		known_by("psk");
		assert_ok(
		    tls_psk_make(h.ring, &point.ap.id, &point.secret, &p));
		assert_string_equal(
		    comes(&(struct client){.psk = &p, .max = max}), "");
		wrong = p;
		wrong.key[0] ^= 1;
		assert_string_not_equal(
		    comes(&(struct client){.psk = &wrong, .max = max}), "");
		wrong = p;
		wrong.name[UID_LEN + 1] ^= 1; /* of an older secret */
		assert_string_not_equal(
		    comes(&(struct client){.psk = &wrong, .max = max}), "");
		wrong.name[UID_LEN] = ':';
		assert_string_not_equal(
		    comes(&(struct client){.psk = &wrong, .max = max}), "");
		known_by("hall.example"); /* has a certificate now */
		assert_string_not_equal(
		    comes(&(struct client){.psk = &p, .max = max}), "");
		known_drop(k, NOUN_AP, &point.ap.id);
		assert_string_not_equal(
		    comes(&(struct client){.psk = &p, .max = max}), "");
		finish();
	}
}

/* Before it knows anybody it lets in nobody. */
TEST(radsec_without_knowledge_nobody_comes_in)
{
	struct tls_psk p;
	char why[CONF_WHY];
	struct cert c;

	make();
	assert_ok(tls_new(&h.conf, &tls, why));
	assert_ok(tls_psk_make(h.ring, &point.ap.id, &point.secret, &p));
	c = cert_new(NULL, NULL, -60, DAY);
	assert_string_not_equal(comes(&(struct client){.psk = &p}), "");
	assert_string_not_equal(comes(&(struct client){.cert = &c}), "");
	cert_free(&c);
	finish();
}

TEST(radsec_a_peer_is_who_it_was_until_its_record_changes)
{
	struct meeting m;

	begin();
	known_by("hall.example");
	m = meet(&(struct client){.cert = &hall});
	assert_true(m.there);
	assert_true(conn.peer.by_chain);
	assert_true(peer_still(k, &conn.peer));
	known_by("hall.example"); /* written again */
	assert_false(peer_still(k, &conn.peer));
	known_drop(k, NOUN_AP, &point.ap.id);
	assert_false(peer_still(k, &conn.peer));
	leave(&m);
	finish();
}

/* --- versions of RADIUS -----------------------------------------------------
 */

#define R10 "\012radius/1.0"
#define R11 "\012radius/1.1"

/* RFC 9765 3.3, as a table: who allows what and what is offered. */
TEST(radsec_the_version_is_what_both_allow)
{
	static const struct {
		const char *conf, *offer;
		bool only_11;
		int max;
		char want; /* 0, 1: spoken then; '-': no connection */
	} all[] = {
	    {"both", NULL, false, 0, 0},
	    {"both", R10, false, 0, 0},
	    {"both", R11, false, 0, 1},
	    {"both", R10 R11, false, 0, 1},
	    {"both", R11 R10, false, 0, 1},
	    {"both", "\2h2", false, 0, '-'},
	    {"both", "\2h2" R10, false, 0, 0},
	    {"both", "\012radius/1.2" R11, false, 0, 1},
	    {"both", R11, false, TLS1_2_VERSION, '-'},
	    {"both", R11 R10, false, TLS1_2_VERSION, 0},
	    {"1.0", NULL, false, 0, 0},
	    {"1.0", R11, false, 0, '-'},
	    {"1.0", R11 R10, false, 0, 0},
	    {"1.1", NULL, false, 0, '-'},
	    {"1.1", R10, false, 0, '-'},
	    {"1.1", R10 R11, false, 0, 1},
	    {"both", NULL, true, 0, '-'},
	    {"both", R10, true, 0, '-'},
	    {"both", R10 R11, true, 0, 1},
	};

	begin();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct client c = {.cert = &hall,
		    .alpn = all[i].offer,
		    .alpn_len = all[i].offer ? strlen(all[i].offer) : 0,
		    .max = all[i].max};
		struct meeting m;

		h.conf.radsec.versions = all[i].conf;
		known_by(all[i].only_11 ? "hall.example 1.1" : "hall.example");
		m = meet(&c);
		if (m.there != (all[i].want != '-') ||
		    (m.there && conn.peer.radius11 != (all[i].want == 1)))
			fail_msg("row %zu: %s", i, m.why);
		leave(&m);
	}
	finish();
}
