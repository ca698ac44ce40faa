#include "core/net/mail.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"

enum {
	WORD_OCTETS = 45, /* of one encoded word: 75 characters (RFC 2047 2) */
	HEADER_MAX = 2048,
};

static void
slist_own(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

static void
mime_own(curl_mime **m)
{
	curl_mime_free(*m);
}

static void
curl_own(CURL **h)
{
	curl_easy_cleanup(*h);
}

bool
mail_address_ok(const char *address)
{
	static const char atext[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789!#$%&'*+-/=?^_`{|}~.";
	const char *at = strchr(address, '@');
	size_t local, domain;

	if (at == NULL || strlen(address) > MAIL_ADDRESS_MAX)
		return false;
	local = (size_t)(at - address);
	domain = strlen(at + 1);
	return local > 0 && local <= 64 && strspn(address, atext) == local &&
	       address[0] != '.' && at[-1] != '.' && address[0] != '-' &&
	       domain > 0 && domain <= 253 && at[1] != '.' && at[1] != '-' &&
	       at[domain] != '.' && strstr(address, "..") == NULL &&
	       strspn(at + 1,
		   "abcdefghijklmnopqrstuvwxyz"
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == domain;
}

static void
base64(const char *p, size_t len, struct buf *out)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t v = (uint32_t)(uint8_t)p[i] << 16;

		if (left > 1)
			v |= (uint32_t)(uint8_t)p[i + 1] << 8;
		if (left > 2)
			v |= (uint8_t)p[i + 2];
		buf_char(out, digit[v >> 18]);
		buf_char(out, digit[v >> 12 & 63]);
		buf_char(out, left > 1 ? digit[v >> 6 & 63] : '=');
		buf_char(out, left > 2 ? digit[v & 63] : '=');
	}
}

/* Octets of the next encoded word: whole characters only. */
static size_t
word_length(const char *t)
{
	const char *end = t, *next = t;

	while (text_next(&next) != 0 && next - t <= WORD_OCTETS)
		end = next;
	return (size_t)(end - t);
}

static bool
plain(const char *t)
{
	for (; *t; t++)
		if ((unsigned char)*t > 0x7e || strncmp(t, "=?", 2) == 0)
			return false;
	return true;
}

enum err
mail_header(const char *name, const char *value, struct buf *out)
{
	if (!text_utf8_ok(value, strlen(value)))
		return ERR_BAD_INPUT;
	for (const char *t = value; *t; t++)
		if ((unsigned char)*t < 0x20 || *t == 0x7f)
			return ERR_BAD_INPUT;
	buf_printf(out, "%s: ", name);
	if (plain(value)) {
		buf_text(out, value);
		return out->err;
	}
	for (size_t n; *value; value += n) {
		n = word_length(value);
		buf_text(out, "=?UTF-8?B?");
		base64(value, n, out);
		buf_text(out, value[n] ? "?=\r\n " : "?=");
	}
	return out->err;
}

static enum err
add_header(struct curl_slist **list, const char *name, const char *value)
{
	OWN(buf) struct buf line = BUF(HEADER_MAX);
	struct curl_slist *longer;
	enum err e = mail_header(name, value, &line);

	if (e != ERR_OK)
		return e;
	if ((longer = curl_slist_append(*list, buf_str(&line))) == NULL)
		return ERR_NO_MEMORY;
	*list = longer;
	return ERR_OK;
}

/* "Name" <address>, the name as encoded words where it must be. */
static enum err
add_from(struct curl_slist **list, const struct mail_server *s)
{
	OWN(buf) struct buf line = BUF(HEADER_MAX);
	struct curl_slist *longer;
	enum err e;

	if (strpbrk(s->from_name, "\"\\<>"))
		return ERR_BAD_INPUT;
	if (plain(s->from_name)) {
		buf_printf(&line, "From: \"%s\"", s->from_name);
		e = line.err;
	} else
		e = mail_header("From", s->from_name, &line);
	buf_printf(&line, " <%s>", s->from);
	if (e || line.err)
		return e ? e : line.err;
	if ((longer = curl_slist_append(*list, buf_str(&line))) == NULL)
		return ERR_NO_MEMORY;
	*list = longer;
	return ERR_OK;
}

static enum err
headers(
    const struct mail_server *s, const struct mail *m, struct curl_slist **list)
{
	char date[64], id[320];
	struct tm tm;
	time_t at = (time_t)m->at;
	enum err e;

	gmtime_r(&at, &tm);
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %T +0000", &tm);
	(void)snprintf(
	    id, sizeof(id), "<%s@%s>", m->id, strchr(s->from, '@') + 1);
	if ((e = add_header(list, "Date", date)) || (e = add_from(list, s)) ||
	    (e = add_header(list, "To", m->to)) ||
	    (e = add_header(list, "Subject", m->subject)) ||
	    (e = add_header(list, "Message-ID", id)) ||
	    (e = add_header(list, "Auto-Submitted", "auto-generated")))
		return e;
	return m->language[0]
		   ? add_header(list, "Content-Language", m->language)
		   : ERR_OK;
}

static enum err
part(curl_mime *in, const char *text, const char *type)
{
	curl_mimepart *p = curl_mime_addpart(in);

	if (p == NULL ||
	    curl_mime_data(p, text, CURL_ZERO_TERMINATED) != CURLE_OK ||
	    curl_mime_type(p, type) != CURLE_OK ||
	    curl_mime_encoder(p, "base64") != CURLE_OK)
		return ERR_NO_MEMORY;
	return ERR_OK;
}

static enum err
attach(curl_mime *in, const struct mail_file *f)
{
	curl_mimepart *p = curl_mime_addpart(in);

	if (p == NULL || curl_mime_data(p, f->octets, f->len) != CURLE_OK ||
	    curl_mime_type(p, f->type) != CURLE_OK ||
	    curl_mime_filename(p, f->name) != CURLE_OK ||
	    curl_mime_encoder(p, "base64") != CURLE_OK)
		return ERR_NO_MEMORY;
	return ERR_OK;
}

/* An empty part of TYPE in IN, whose parts are put into *OUT. */
static enum err
inside(CURL *h, curl_mime *in, const char *type, curl_mime **out)
{
	curl_mimepart *p = curl_mime_addpart(in);
	curl_mime *parts = p == NULL ? NULL : curl_mime_init(h);

	if (parts == NULL)
		return ERR_NO_MEMORY;
	if (curl_mime_subparts(p, parts) != CURLE_OK) {
		curl_mime_free(parts);
		return ERR_NO_MEMORY;
	}
	*out = parts;
	return curl_mime_type(p, type) == CURLE_OK ? ERR_OK : ERR_NO_MEMORY;
}

/* Shown where the page names it, and not among the files. */
static enum err
picture(curl_mime *in, const struct mail_file *f)
{
	static const char *const lines[] = {
	    "Content-ID: <" MAIL_PICTURE ">", "Content-Disposition: inline"};
	curl_mimepart *p = curl_mime_addpart(in);
	OWN(slist) struct curl_slist *all = NULL;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct curl_slist *longer = curl_slist_append(all, lines[i]);

		if (longer == NULL)
			return ERR_NO_MEMORY;
		all = longer;
	}
	if (p == NULL || curl_mime_data(p, f->octets, f->len) != CURLE_OK ||
	    curl_mime_type(p, f->type) != CURLE_OK ||
	    curl_mime_encoder(p, "base64") != CURLE_OK ||
	    curl_mime_headers(p, all, 1) != CURLE_OK)
		return ERR_NO_MEMORY;
	all = NULL; /* it is the part's */
	return ERR_OK;
}

/* The page, or multipart/related { page, picture } (RFC 2387). */
static enum err
page(CURL *h, curl_mime *in, const struct mail *m)
{
	curl_mime *both;
	enum err e;

	if (m->picture == NULL)
		return part(in, m->html, "text/html; charset=utf-8");
	if ((e = inside(h, in, "multipart/related", &both)) ||
	    (e = part(both, m->html, "text/html; charset=utf-8")))
		return e;
	return picture(both, m->picture);
}

/* multipart/mixed { multipart/alternative { text, page }, file } */
static enum err
body(CURL *h, const struct mail *m, curl_mime **out)
{
	curl_mime *mixed = curl_mime_init(h), *either;
	enum err e;

	*out = mixed;
	if (mixed == NULL)
		return ERR_NO_MEMORY;
	if ((e = inside(h, mixed, "multipart/alternative", &either)) ||
	    (e = part(either, m->text, "text/plain; charset=utf-8")) ||
	    (m->html && (e = page(h, either, m))))
		return e;
	return m->file ? attach(mixed, m->file) : ERR_OK;
}

static bool
here(const char *url)
{
	return strncmp(url, "smtp://127.0.0.1", 16) == 0 ||
	       strncmp(url, "smtp://[::1]", 12) == 0 ||
	       strncmp(url, "smtp://localhost", 16) == 0;
}

/* A failure is a want of memory: then nothing is sent, for a rule might be
 * missing, or a password. */
#define SET(option, value)                                                     \
	(bad |= curl_easy_setopt(h, option, value) != CURLE_OK)

static enum err
rules(CURL *h, const struct mail_server *s)
{
	bool bad = false;

	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_URL, s->url);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)MAIL_DEADLINE_MS);
	SET(CURLOPT_CONNECTTIMEOUT_MS, 5000L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_USE_SSL, here(s->url) && !s->ca_file[0]
				 ? (long)CURLUSESSL_NONE
				 : (long)CURLUSESSL_ALL);
	if (s->ca_file[0]) {
		SET(CURLOPT_CAINFO, s->ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}
	if (s->user[0]) {
		SET(CURLOPT_USERNAME, s->user);
		SET(CURLOPT_PASSWORD, secret_text(s->password));
	}
	return bad ? ERR_NO_MEMORY : ERR_OK;
}

static enum err
verdict(CURL *h, CURLcode code, char why[static MAIL_WHY])
{
	long said = 0;

	if (code == CURLE_OK)
		return ERR_OK;
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &said);
	(void)snprintf(why, MAIL_WHY, "%s (the server said %ld)",
	    curl_easy_strerror(code), said);
	/* a wrong password is ours, and says nothing about the letter */
	if (code == CURLE_LOGIN_DENIED)
		return ERR_IO;
	if (said >= 500 && said < 600)
		return ERR_FORBIDDEN;
	return said >= 400 && said < 500 ? ERR_BUSY : ERR_IO;
}

enum err
mail_send(const struct mail_server *s, const struct mail *m,
    char why[static MAIL_WHY])
{
	OWN(curl) CURL *h = NULL;
	OWN(slist) struct curl_slist *lines = NULL, *to = NULL;
	OWN(mime) curl_mime *parts = NULL;
	bool bad = false;
	enum err e;

	why[0] = '\0';
	if (!mail_address_ok(m->to) || !mail_address_ok(s->from) ||
	    strlen(m->subject) > MAIL_SUBJECT_MAX) {
		(void)snprintf(why, MAIL_WHY,
		    "an address or the subject is "
		    "not one that can be sent to");
		return ERR_BAD_INPUT;
	}
	if ((h = curl_easy_init()) == NULL ||
	    (to = curl_slist_append(NULL, m->to)) == NULL)
		return ERR_NO_MEMORY;
	if ((e = headers(s, m, &lines)) || (e = body(h, m, &parts)) ||
	    (e = rules(h, s)))
		return e;
	SET(CURLOPT_MAIL_FROM, s->from);
	SET(CURLOPT_MAIL_RCPT, to);
	SET(CURLOPT_HTTPHEADER, lines);
	SET(CURLOPT_MIMEPOST, parts);
	if (bad)
		return ERR_NO_MEMORY;
	return verdict(h, curl_easy_perform(h), why);
}
