#include "core/net/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "core/base/text.h"

static bool
unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr("-._~", c) != NULL;
}

static bool
name_ok(const char *host)
{
	struct in_addr v4;
	size_t len = strlen(host), digits = strspn(host, "0123456789.");

	if (len == 0 || host[0] == '.' || host[0] == '-' ||
	    strstr(host, "..") != NULL ||
	    strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.") != len)
		return false;
	/* 127.1 or 2130706433 would be addresses to some parsers */
	return digits != len || inet_pton(AF_INET, host, &v4) == 1;
}

/* The host part of *T, moved past it. */
static bool
take_host(const char **t, struct url *out)
{
	struct in6_addr v6;
	bool six = **t == '[';
	const char *from = *t + six;
	size_t len = strcspn(from, six ? "]" : ":/?");

	if (len == 0 || len > URL_HOST_MAX || (six && from[len] != ']'))
		return false;
	for (size_t i = 0; i < len; i++)
		out->host[i] = (char)tolower((unsigned char)from[i]);
	out->host[len] = '\0';
	*t = from + len + six;
	return six ? inet_pton(AF_INET6, out->host, &v6) == 1
		   : name_ok(out->host);
}

static bool
take_port(const char **t, struct url *out)
{
	char digits[6];
	int64_t port;
	size_t len;

	out->port = out->tls ? 443 : 80;
	if (**t != ':')
		return true;
	len = strcspn(++*t, "/?");
	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, *t, len);
	digits[len] = '\0';
	if (!text_int(digits, 1, 65535, &port))
		return false;
	out->port = (int)port;
	*t += len;
	return true;
}

bool
url_parse(const char *text, struct url *out)
{
	const char *t = text;

	*out = (struct url){.rest = ""};
	if (strlen(text) > URL_MAX)
		return false;
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("#\\\"<>^`{|}", *p))
			return false;
	if (strncmp(t, "https://", 8) == 0)
		out->tls = true;
	else if (strncmp(t, "http://", 7) != 0)
		return false;
	t += out->tls ? 8 : 7;
	if (!take_host(&t, out) || !take_port(&t, out) ||
	    (*t != '\0' && *t != '/' && *t != '?')) {
		*out = (struct url){.rest = ""};
		return false;
	}
	out->rest = t;
	return true;
}

void
url_escape(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (unreserved(c))
			buf_char(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

void
url_field(struct buf *b, const char *name, const char *value)
{
	if (b->len > 0 && b->p[b->len - 1] != '?')
		buf_char(b, '&');
	url_escape(b, name);
	buf_char(b, '=');
	url_escape(b, value);
}

bool
url_decode(const char *t, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = t[i] == '+' ? ' ' : t[i];

		if (c == '%') {
			int hi, lo;

			if (len - i < 3 ||
			    (hi = text_hex_digit(t[i + 1])) < 0 ||
			    (lo = text_hex_digit(t[i + 2])) < 0)
				return false;
			c = (char)(hi << 4 | lo);
			i += 2;
		}
		if (c == '\0' || n + 1 >= size)
			return false;
		out[n++] = c;
	}
	if (n >= size)
		return false;
	out[n] = '\0';
	return text_utf8_ok(out, n);
}
