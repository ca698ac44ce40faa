#include "portal/web/head.h"

#include <string.h>
#include <strings.h>

#include "core/base/text.h"

enum { BODY_DIGITS = 18 };

int
head_scan(const char *p, size_t len, size_t *seen, size_t *end)
{
	size_t i = *seen;

	*end = 0;
	for (; i < len; i++) {
		if (p[i] == '\0')
			return 400;
		if (p[i] == '\r' && i + 1 < len && p[i + 1] != '\n')
			return 400;
		if (p[i] != '\n')
			continue;
		if (i == 0 || p[i - 1] != '\r')
			return 400;
		if (i == 1) /* an empty line before the request */
			return 400;
		if (i >= 3 && p[i - 2] == '\n') {
			*end = i + 1;
			return *end > HTTP_HEAD_MAX ? 431 : 0;
		}
	}
	/* a CR at the very end is looked at again with its successor */
	*seen = len > 0 && p[len - 1] == '\r' ? len - 1 : len;
	return len >= HTTP_HEAD_MAX ? 431 : 0;
}

/* RFC 9110 5.6.2 */
static bool
token_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
token(const char *t)
{
	if (*t == '\0')
		return false;
	for (; *t != '\0'; t++)
		if (!token_char((unsigned char)*t))
			return false;
	return true;
}

static int
read_method(const char *t, enum http_method *out)
{
	static const struct {
		const char *name;
		int method; /* 0: known, and never done here */
	} known[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_HEAD},
	    {"POST", HTTP_POST}, {"PUT", HTTP_PUT}, {"PATCH", HTTP_PATCH},
	    {"DELETE", HTTP_DELETE}, {"OPTIONS", 0}, {"TRACE", 0},
	    {"CONNECT", 0}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(t, known[i].name) != 0)
			continue;
		if (known[i].method == 0)
			return 405;
		*out = (enum http_method)known[i].method;
		return 0;
	}
	return token(t) ? 501 : 400;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
read_version(const char *t, bool *old)
{
	*old = strcmp(t, "HTTP/1.0") == 0;
	if (*old || strcmp(t, "HTTP/1.1") == 0)
		return 0;
	return strlen(t) == 8 && strncmp(t, "HTTP/", 5) == 0 && digit(t[5]) &&
		       t[6] == '.' && digit(t[7])
		   ? 505
		   : 400;
}

/* RFC 3986 3.3, and what browsers leave alone in a query. */
static bool
address_char(unsigned char c, bool query)
{
	if (c <= 0x20 || c >= 0x7f || strchr("\"<>#\\", c) != NULL)
		return false;
	return query || strchr("[]^`{|}?", c) == NULL;
}

/* Whether the octets escaped at T may be written that way in a path: hidden
 * separators, dots and controls may not. */
static bool
escape_ok(const char *t, bool query)
{
	int hi = text_hex_digit(t[1]);
	int lo = hi < 0 ? -1 : text_hex_digit(t[2]);
	int c = hi * 16 + lo;

	if (lo < 0)
		return false;
	return query ? c != 0
		     : c >= 0x20 && c != 0x7f && strchr("/\\.", c) == NULL;
}

static bool
address_ok(const char *t, bool query)
{
	for (; *t != '\0'; t++)
		if (!address_char((unsigned char)*t, query) ||
		    (*t == '%' && !escape_ok(t, query)))
			return false;
	return true;
}

/* No `//`, `/./`, `/../`: one resource, one name. */
static bool
segments_ok(const char *path)
{
	for (const char *s = path; s != NULL; s = strchr(s + 1, '/')) {
		size_t len = strcspn(s + 1, "/");
		bool last = s[1 + len] == '\0';

		if (len == 0 && !last)
			return false;
		if ((len == 1 && s[1] == '.') ||
		    (len == 2 && s[1] == '.' && s[2] == '.'))
			return false;
	}
	return true;
}

/* The absolute form (RFC 9112 3.2.2): *T moves to the path and the authority
 * is returned; NULL for any other form. */
static char *
take_authority(struct arena *a, char **t)
{
	char *start, *slash;

	if (strncasecmp(*t, "https://", 8) != 0 &&
	    strncasecmp(*t, "http://", 7) != 0)
		return NULL;
	start = strstr(*t, "://") + 3;
	slash = start + strcspn(start, "/?");
	*t = *slash == '/' ? slash : NULL;
	return arena_copy(a, start, (size_t)(slash - start));
}

static int
read_target(struct arena *a, char *t, struct head *h, const char **authority)
{
	char *mark;

	if (strlen(t) > HEAD_ADDRESS_MAX)
		return 414;
	*authority = take_authority(a, &t);
	if (t == NULL || *t != '/')
		return 400;
	h->query = "";
	if ((mark = strchr(t, '?')) != NULL) {
		*mark = '\0';
		h->query = mark + 1;
	}
	h->path = t;
	if (!address_ok(h->path, false) || !address_ok(h->query, true) ||
	    !segments_ok(h->path))
		return 400;
	return 0;
}

static int
read_request_line(
    struct arena *a, char *line, struct head *h, const char **authority)
{
	char *target, *version;
	bool old;
	int status;

	if ((target = strchr(line, ' ')) == NULL)
		return 400;
	*target++ = '\0';
	if ((version = strchr(target, ' ')) == NULL)
		return 400;
	*version++ = '\0';
	if ((status = read_version(version, &old)) != 0 ||
	    (status = read_method(line, &h->method)) != 0)
		return status;
	h->close = old;
	return read_target(a, target, h, authority);
}

static bool
value_ok(const char *v)
{
	for (; *v != '\0'; v++)
		if ((*v >= 0 && *v < 0x20 && *v != '\t') || *v == 0x7f)
			return false;
	return true;
}

/* `name: value`; folded lines start with a blank and so have no name. */
static int
read_header(char *line, struct http_header_line *out)
{
	char *colon = strchr(line, ':');
	char *value, *end;

	if (colon == NULL)
		return 400;
	*colon = '\0';
	if (!token(line))
		return 400;
	for (char *c = line; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + ('a' - 'A'));
	value = colon + 1 + strspn(colon + 1, " \t");
	end = value + strlen(value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	if (!value_ok(value))
		return 400;
	*out = (struct http_header_line){.name = line, .value = value};
	return 0;
}

/* Decimal digits and nothing else: no sign, no list, no leading zero. */
static bool
read_length(const char *t, uint64_t *out)
{
	size_t digits = strspn(t, "0123456789");
	uint64_t n = 0;

	if (digits == 0 || digits > BODY_DIGITS || t[digits] != '\0' ||
	    (t[0] == '0' && digits > 1))
		return false;
	for (; *t != '\0'; t++)
		n = n * 10 + (uint64_t)(*t - '0');
	*out = n;
	return true;
}

static bool
lists(const char *value, const char *word)
{
	size_t len = strlen(word);

	for (;;) {
		value += strspn(value, " \t,");
		size_t n = strcspn(value, ", \t");

		if (n == 0)
			return false;
		if (n == len && strncasecmp(value, word, len) == 0)
			return true;
		value += n;
	}
}

static bool
takes_body(enum http_method m)
{
	return m == HTTP_POST || m == HTTP_PUT || m == HTTP_PATCH;
}

/* What the headers say about the message itself. */
static int
read_framing(struct head *h)
{
	size_t lengths = 0, hosts = 0;

	for (size_t i = 0; i < h->nheaders; i++) {
		const struct http_header_line *l = &h->headers[i];

		if (strcmp(l->name, "transfer-encoding") == 0)
			return 400;
		if (strcmp(l->name, "content-length") == 0 &&
		    (lengths++ > 0 || !read_length(l->value, &h->body_len)))
			return 400;
		if (strcmp(l->name, "host") == 0) {
			if (hosts++ > 0)
				return 400;
			h->host = l->value;
		}
		if (strcmp(l->name, "connection") == 0 &&
		    lists(l->value, "close"))
			h->close = true;
		if (strcmp(l->name, "expect") == 0) {
			if (strcasecmp(l->value, "100-continue") != 0)
				return 417;
			h->wants_go = true;
		}
	}
	if (hosts != 1 || *h->host == '\0')
		return 400;
	return h->body_len > 0 && !takes_body(h->method) ? 400 : 0;
}

/* Cuts the next line off; P is NUL-terminated and all lines end in CRLF. */
static char *
next_line(char **p)
{
	char *line = *p;
	char *end = strstr(line, "\r\n");

	*end = '\0';
	*p = end + 2;
	return line;
}

static int
read_headers(struct arena *a, char *p, struct head *h)
{
	struct http_header_line *list =
	    arena_array(a, HTTP_HEADERS_MAX, sizeof(*list));
	char *line;
	int status;

	if (list == NULL)
		return 503;
	h->headers = list;
	while (*(line = next_line(&p)) != '\0') {
		if (h->nheaders == HTTP_HEADERS_MAX)
			return 431;
		if ((status = read_header(line, &list[h->nheaders++])) != 0)
			return status;
	}
	return read_framing(h);
}

int
head_parse(struct arena *a, const char *p, size_t len, struct head *out)
{
	const char *authority = NULL;
	char *copy = arena_copy(a, p, len);
	char *line;
	int status;

	*out = (struct head){.path = "/", .query = "", .host = ""};
	if (copy == NULL)
		return 503;
	line = next_line(&copy);
	if ((status = read_request_line(a, line, out, &authority)) != 0 ||
	    (status = read_headers(a, copy, out)) != 0)
		return status;
	if (arena_spent(a)) /* of the authority, nothing is known */
		return 503;
	if (authority != NULL && strcasecmp(authority, out->host) != 0)
		return 400;
	return 0;
}
