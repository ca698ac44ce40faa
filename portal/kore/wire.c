#include "portal/kore/wire.h"

#include <string.h>
#include <time.h>

static const char *
reason(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 302:
		return "Found";
	case 303:
		return "See Other";
	case 304:
		return "Not Modified";
	case 400:
		return "Bad Request";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 408:
		return "Request Timeout";
	case 413:
		return "Content Too Large";
	case 421:
		return "Misdirected Request";
	case 429:
		return "Too Many Requests";
	case 431:
		return "Request Header Fields Too Large";
	case 503:
		return "Service Unavailable";
	default:
		return "-"; /* RFC 9112 4: nobody reads it */
	}
}

/* What the server itself decides is not the pages' to say. */
static bool
reserved(const char *name)
{
	static const char *const ours[] = {
	    "content-length", "connection", "date", "transfer-encoding"};

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (strcmp(name, ours[i]) == 0)
			return true;
	return false;
}

/* RFC 9110 5.6.7 */
static void
date(struct buf *out, int64_t now)
{
	const time_t t = (time_t)now;
	char text[40] = "";
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		(void)strftime(
		    text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	buf_printf(out, "date: %s\r\n", text);
}

static void
header(struct buf *out, const struct http_header_line *l)
{
	buf_text(out, l->name);
	buf_add(out, ": ", 2);
	buf_text(out, l->value);
	buf_add(out, "\r\n", 2);
}

size_t
wire_reply(
    struct buf *out, const struct reply *rp, bool bare, bool close, int64_t now)
{
	const bool none = rp->status == 304 || rp->status == 204;
	size_t with = 0;

	buf_printf(out, "HTTP/1.1 %d %s\r\n", rp->status, reason(rp->status));
	date(out, now);
	for (size_t i = 0; i < rp->nheaders; i++)
		if (!reserved(rp->headers[i].name))
			header(out, &rp->headers[i]);
	if (!none)
		buf_printf(out, "content-length: %zu\r\n", rp->body.len);
	buf_printf(
	    out, "connection: %s\r\n\r\n", close ? "close" : "keep-alive");
	if (!bare && !none && out->len < WIRE_RECORD) {
		with = WIRE_RECORD - out->len;
		if (with > rp->body.len)
			with = rp->body.len;
		buf_add(out, rp->body.p, with);
	}
	return bare || none ? rp->body.len : with;
}
