#include "core/net/syslog.h"

#include <curl/curl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/net/url.h"

enum {
	NAME = 255,
	APP = 48,
	ID = 32,
	PARAM = 32,
	VALUE = 1024,
	LOOK_MS = 10,
	ESTABLISHED = 1 /* of tcp_info; the kernel has no header for it */
};

/* --- a message --------------------------------------------------------------
 */

/* PRINTUSASCII of at most MOST characters, "-" for nothing. */
static void
word(struct buf *b, const char *t, size_t most)
{
	buf_char(b, ' ');
	if (*t == '\0')
		buf_char(b, '-');
	for (size_t i = 0; t[i] != '\0' && i < most; i++)
		buf_char(b, t[i] > ' ' && t[i] <= '~' ? t[i] : '_');
}

/* RFC 5424 6.3.3: '"', '\' and ']' are escaped; lines stay whole. */
static void
value(struct buf *b, const char *t)
{
	size_t n = strnlen(t, VALUE);

	while (n > 0 && ((unsigned char)t[n] & 0xc0) == 0x80)
		n--; /* whole characters */
	for (size_t i = 0; i < n; i++) {
		if (strchr("\"\\]", t[i]))
			buf_char(b, '\\');
		buf_char(b, (unsigned char)t[i] < ' ' ? ' ' : t[i]);
	}
}

static void
data(struct buf *b, const struct syslog_message *m)
{
	if (m->sd == NULL) {
		buf_text(b, " -");
		return;
	}
	buf_printf(b, " [%.*s", PARAM, m->sd);
	for (const struct syslog_pair *p = m->pairs; p && p->name; p++) {
		buf_printf(b, " %.*s=\"", PARAM, p->name);
		value(b, p->value);
		buf_char(b, '"');
	}
	buf_char(b, ']');
}

enum err
syslog_frame(const struct syslog_message *m, struct buf *out)
{
	OWN(buf) struct buf b = BUF(SYSLOG_LINE_MAX);
	char when[CLOCK_TEXT];

	clock_text(m->at, when);
	buf_printf(&b, "<%d>1 %s", m->priority, when);
	word(&b, m->host, NAME);
	word(&b, m->app, APP);
	buf_text(&b, " -");
	word(&b, m->id, ID);
	data(&b, m);
	buf_char(&b, ' ');
	buf_text(&b, m->text);
	if (b.err)
		return b.err;
	buf_printf(out, "%zu %s", b.len, buf_str(&b));
	return out->err;
}

/* --- a connection -----------------------------------------------------------
 */

struct syslog_line {
	CURL *h;
	int fd;
};

/* As curl reads it; BAD_INPUT when it is none of ours. */
static enum err
translated(const char *text, struct buf *out)
{
	bool tls = strncmp(text, "tls://", 6) == 0;
	struct url u;

	if (!tls && strncmp(text, "tcp://", 6) != 0)
		return ERR_BAD_INPUT;
	buf_printf(out, "%s://%s", tls ? "https" : "http", text + 6);
	if (out->err)
		return out->err == ERR_NO_MEMORY ? out->err : ERR_BAD_INPUT;
	if (!url_parse(buf_str(out), &u) ||
	    (u.rest[0] != '\0' && strcmp(u.rest, "/") != 0))
		return ERR_BAD_INPUT;
	if (u.port == (tls ? 443 : 80)) {
		buf_clear(out);
		buf_printf(out,
		    strchr(u.host, ':') ? "%s://[%s]:%d" : "%s://%s:%d",
		    tls ? "https" : "http", u.host,
		    tls ? SYSLOG_PORT_TLS : SYSLOG_PORT_TCP);
	}
	return out->err;
}

enum err
syslog_url_ok(const char *text)
{
	OWN(buf) struct buf b = BUF(URL_MAX);

	return translated(text, &b);
}

/* A failure is a want of memory: then nobody is called, for a rule might be
 * missing. */
#define SET(option, value)                                                     \
	(bad |= curl_easy_setopt(h, option, value) != CURLE_OK)

static enum err
rules(CURL *h, const struct syslog_to *to, const char *url)
{
	bool bad = false;

	SET(CURLOPT_URL, url);
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_SSL_ENABLE_ALPN, 0L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)SYSLOG_WAIT_MS);
	SET(CURLOPT_TIMEOUT_MS, (long)SYSLOG_WAIT_MS);
	if (to->ca_file[0]) {
		SET(CURLOPT_CAINFO, to->ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}
	if (to->certificate[0]) {
		SET(CURLOPT_SSLCERT, to->certificate);
		SET(CURLOPT_SSLKEY, to->private_key);
	}
	return bad ? ERR_NO_MEMORY : ERR_OK;
}

enum err
syslog_open(const struct syslog_to *to, struct syslog_line **out,
    char why[static SYSLOG_WHY])
{
	OWN(buf) struct buf url = BUF(URL_MAX);
	char detail[CURL_ERROR_SIZE] = "";
	struct syslog_line *s;
	curl_socket_t fd = CURL_SOCKET_BAD;
	CURLcode code;
	enum err e;

	*out = NULL;
	why[0] = '\0';
	if ((e = translated(to->url, &url))) {
		if (e == ERR_BAD_INPUT)
			(void)snprintf(why, SYSLOG_WHY,
			    "syslog.url: expected tls://HOST:PORT or "
			    "tcp://HOST:PORT");
		return e;
	}
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return ERR_NO_MEMORY;
	if ((s->h = curl_easy_init()) == NULL ||
	    rules(s->h, to, buf_str(&url)) != ERR_OK) {
		syslog_close(s);
		return ERR_NO_MEMORY;
	}
	curl_easy_setopt(s->h, CURLOPT_ERRORBUFFER, detail);
	if ((code = curl_easy_perform(s->h)) != CURLE_OK ||
	    curl_easy_getinfo(s->h, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
	    fd == CURL_SOCKET_BAD) {
		(void)snprintf(why, SYSLOG_WHY, "%s",
		    detail[0] ? detail : curl_easy_strerror(code));
		syslog_close(s);
		return ERR_IO;
	}
	curl_easy_setopt(s->h, CURLOPT_ERRORBUFFER, NULL);
	s->fd = fd;
	*out = s;
	return ERR_OK;
}

void
syslog_close(struct syslog_line *s)
{
	if (s == NULL)
		return;
	curl_easy_cleanup(s->h);
	free(s);
}

/* The other side says nothing but that it goes. */
static bool
gone(const struct syslog_line *s)
{
	char octets[64];
	size_t n = 0;
	CURLcode code;

	do
		code = curl_easy_recv(s->h, octets, sizeof(octets), &n);
	while (code == CURLE_OK && n > 0);
	return code != CURLE_AGAIN;
}

static enum err
write_all(const struct syslog_line *s, const char *p, size_t len, int64_t end)
{
	while (len > 0) {
		struct pollfd room = {.fd = s->fd, .events = POLLOUT};
		size_t n = 0;
		CURLcode code = curl_easy_send(s->h, p, len, &n);

		if (code == CURLE_AGAIN) {
			if (clock_mono_ms() >= end)
				return ERR_IO;
			(void)poll(&room, 1, LOOK_MS * 10);
		} else if (code != CURLE_OK)
			return ERR_IO;
		p += n;
		len -= n;
	}
	return ERR_OK;
}

/* Nothing waits here, and nothing is on the wire. */
static bool
acknowledged(const struct syslog_line *s)
{
	struct tcp_info t = {0};
	socklen_t len = sizeof(t);

	return getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, &t, &len) == 0 &&
	       t.tcpi_unacked == 0 && t.tcpi_notsent_bytes == 0 &&
	       t.tcpi_state == ESTABLISHED;
}

enum err
syslog_send(struct syslog_line *s, const void *octets, size_t len)
{
	const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
	int64_t end = clock_mono_ms() + SYSLOG_WAIT_MS;
	enum err e;

	if (gone(s))
		return ERR_IO;
	if ((e = write_all(s, octets, len, end)))
		return e;
	while (!acknowledged(s)) {
		if (gone(s) || clock_mono_ms() >= end)
			return ERR_IO;
		(void)nanosleep(&look, NULL);
	}
	return gone(s) ? ERR_IO : ERR_OK;
}
