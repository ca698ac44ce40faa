#include "portal/web/http.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/log.h"

static bool
same_type(const char *t, const char *type)
{
	size_t n = strlen(type);

	return strncasecmp(t, type, n) == 0 &&
	       (t[n] == '\0' || t[n] == ';' || t[n] == ' ');
}

bool
request_is_of(const struct request *rq, const char *a, const char *b)
{
	const char *t = request_header(rq, "content-type");

	return t != NULL && (same_type(t, a) || same_type(t, b));
}

const char *
request_header(const struct request *rq, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < rq->nheaders; i++) {
		if (strcmp(rq->headers[i].name, name) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = rq->headers[i].value;
	}
	return found;
}

static bool
value_ok(const char *v)
{
	for (; *v != '\0'; v++)
		if ((unsigned char)*v < 0x20 || *v == 0x7f)
			return false;
	return true;
}

void
reply_header(struct reply *rp, const char *name, const char *value)
{
	const size_t most = sizeof(rp->headers) / sizeof(*rp->headers);
	char *copy;

	if (!value_ok(value) || rp->nheaders == most ||
	    (copy = arena_text(rp->arena, value)) == NULL) {
		LOG(ERROR, "reply.header-dropped", LOG_S("name", name));
		return;
	}
	rp->headers[rp->nheaders++] =
	    (struct http_header_line){.name = name, .value = copy};
}

void
reply_headerf(struct reply *rp, const char *name, const char *fmt, ...)
{
	OWN(mem) char *value = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&value, fmt, ap);
	va_end(ap);
	if (n < 0) {
		value = NULL;
		return;
	}
	reply_header(rp, name, value);
}
