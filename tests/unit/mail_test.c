#include "tests/unit/smtp.h"

#include "core/net/mail.h"

static struct mail_server
server(const struct smtp *p)
{
	return (struct mail_server){.url = p->url,
	    .user = "",
	    .ca_file = "",
	    .from = "wifi@example.org",
	    .from_name = "Wi-Fi für alle"};
}

static struct mail
letter(void)
{
	return (struct mail){.to = "anna@example.org",
	    .subject = "Dein Wi-Fi-Passwort läuft ab — שלום",
	    .text = "Hallo Anna,\n\nGrüße\n.\nnach dem Punkt\n",
	    .html = "<p>Hallo <b>Anna</b></p>",
	    .id = "abc123",
	    .language = "de",
	    .at = 1790000000};
}

static void
has(struct smtp *p, const char *what)
{
	if (strstr(p->line, what) == NULL)
		fail_msg("no %s in %s", what, p->line);
}

static const char *const none[] = {NULL};
static char why[MAIL_WHY];

TEST(mail_arrives_as_it_was_written)
{
	OWN(smtp) struct smtp p = {0};
	struct mail_server s;
	struct mail m = letter();
	struct mail_file f = {"wifi.pdf", "application/pdf", "%PDF-\0\1", 7};

	smtp_open(&p, none);
	s = server(&p);
	m.file = &f;
	assert_ok(mail_send(&s, &m, why));
	assert_non_null(fgets(p.line, sizeof(p.line), p.out));
	has(&p, "Wi-Fi für alle");
	has(&p, "\"subject\": \"Dein Wi-Fi-Passwort läuft ab — שלום\"");
	has(&p, "Grüße\\n.\\nnach dem Punkt");
	has(&p, "<b>Anna</b>");
	has(&p, "\"id\": \"<abc123@example.org>\"");
	has(&p, "\"language\": \"de\"");
	has(&p, "\"size\": 7");
	has(&p, "[\"wifi@example.org\", [\"anna@example.org\"]]");
	has(&p, "Mon, 21 Sep 2026 14:13:20 +0000");
}

/* The picture is the page's, not one of the files; without one the letter is
 * what it was. */
TEST(mail_takes_its_picture_along)
{
	static const struct mail_file png = {
	    "logo.png", "image/png", "\x89PNG\r\n\x1a\n", 8};
	static const struct mail_file pdf = {
	    "wifi.pdf", "application/pdf", "%PDF-\0\1", 7};
	OWN(smtp) struct smtp p = {0};
	struct mail_server s;
	struct mail m = letter();

	smtp_open(&p, none);
	s = server(&p);
	m.html = "<p><img src=\"cid:logo@letter\" alt=\"\"></p>";
	for (int i = 0; i < 4; i++) {
		m.picture = i & 1 ? &png : NULL;
		m.file = i & 2 ? &pdf : NULL;
		assert_ok(mail_send(&s, &m, why));
		assert_non_null(fgets(p.line, sizeof(p.line), p.out));
		has(&p, i & 1 ? "\"pictures\": [{\"id\": \"<logo@letter>\", "
				"\"type\": \"image/png\", \"shown\": "
				"\"inline\", \"octets\": \"iVBORw0KGgo=\"}]"
			      : "\"pictures\": []");
		has(&p, i & 2 ? "\"files\": [{\"name\": \"wifi.pdf\", "
				"\"type\": \"application/pdf\", \"size\": 7}]"
			      : "\"files\": []");
		has(&p, i & 1 ? "\"text/plain\", \"multipart/related\", "
				"\"text/html\", \"image/png\""
			      : "\"text/plain\", \"text/html\"");
		has(&p, "\"defects\": []");
	}
}

TEST(mail_tells_refused_for_good_from_come_again)
{
	OWN(smtp) struct smtp p = {0};
	struct mail_server s;
	struct mail m = letter();

	smtp_open(&p, none);
	s = server(&p);
	m.to = "refuse@example.org";
	assert_err(mail_send(&s, &m, why), ERR_FORBIDDEN);
	assert_non_null(strstr(why, "550"));
	m.to = "later@example.org";
	assert_err(mail_send(&s, &m, why), ERR_BUSY);
	s.url = "smtp://127.0.0.1:9";
	assert_err(mail_send(&s, &m, why), ERR_IO);
}

TEST(mail_signs_in_where_asked)
{
	OWN(smtp) struct smtp p = {0};
	OWN(secret) struct secret right = SECRET_NONE, wrong = SECRET_NONE;
	const char *const auth[] = {"--auth", "wifi:canary-of-mail", NULL};
	struct mail_server s;
	struct mail m = letter();

	assert_ok(secret_set(&right, "canary-of-mail", 14));
	assert_ok(secret_set(&wrong, "canary-of-nobody", 16));
	smtp_open(&p, auth);
	s = server(&p);
	s.user = "wifi";
	s.password = &wrong;
	assert_err(mail_send(&s, &m, why), ERR_IO);
	assert_null(strstr(why, "canary"));
	s.password = &right;
	assert_ok(mail_send(&s, &m, why));
}

TEST(mail_takes_no_header_into_an_address_or_subject)
{
	static const char *const bad[] = {"", "anna", "@example.org", "anna@",
	    "a b@example.org", "anna@example.org\r\nBcc: x@example.org",
	    "anna@example.org,x@example.org", "<anna@example.org>",
	    "anna..b@example.org", ".anna@example.org", "anna@-example.org",
	    "ann\xc3\xa4@example.org", "-f@example.org", "anna@exam_ple.org"};
	OWN(smtp) struct smtp p = {0};
	struct mail_server s;
	struct mail m = letter();

	smtp_open(&p, none);
	s = server(&p);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		m.to = bad[i];
		assert_err(mail_send(&s, &m, why), ERR_BAD_INPUT);
	}
	assert_true(mail_address_ok("o'neil+wifi@mail.example.co.uk"));
	m = letter();
	m.subject = "Hello\r\nBcc: x@example.org";
	assert_err(mail_send(&s, &m, why), ERR_BAD_INPUT);
}

TEST(mail_header_words_are_short_and_whole)
{
	OWN(buf) struct buf b = BUF(4096);
	char text[181];

	for (size_t i = 0; i < 180; i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	text[180] = '\0';
	assert_ok(mail_header("Subject", text, &b));
	for (const char *l = buf_str(&b); l; l = strchr(l + 1, '\n'))
		assert_true(strcspn(l + 1, "\n") <= 78 + 9);
	assert_non_null(strstr(buf_str(&b), "?=\r\n =?UTF-8?B?"));
	buf_clear(&b);
	assert_err(mail_header("X", "\xff", &b), ERR_BAD_INPUT);
}

/* Off this machine, and here too once a CA is named, only with TLS. */
TEST(mail_goes_by_tls_only_when_a_ca_is_named)
{
	OWN(smtp) struct smtp p = {0};
	struct mail_server s;
	struct mail m = letter();

	smtp_open(&p, none);
	s = server(&p);
	s.ca_file = "/etc/ssl/certs/ca-certificates.crt";
	assert_err(mail_send(&s, &m, why), ERR_IO);
}
