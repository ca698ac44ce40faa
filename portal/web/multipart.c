#include "portal/web/multipart.h"

#include <string.h>
#include <strings.h>

#include "core/base/text.h"

struct body {
	const char *p, *end;
	char line[MULTIPART_BOUNDARY_MAX + 5]; /* "\r\n--boundary" */
	size_t nline;
};

struct head {
	char name[FORM_NAME_MAX + 1];
	bool named, file, empty_name;
};

/* The boundary of TYPE, quoted or not, of the characters RFC 2046 allows but
 * for the blank. */
static bool
boundary(const char *type, struct body *b)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789'()+_,-./:=?";
	const char *p = strcasestr(type, "boundary=");
	bool quoted;
	size_t n;

	if (strncasecmp(type, "multipart/form-data", 19) != 0 || p == NULL)
		return false;
	p += 9;
	quoted = *p == '"';
	p += quoted;
	n = strspn(p, ok);
	if (n == 0 || n > MULTIPART_BOUNDARY_MAX || (quoted && p[n] != '"'))
		return false;
	memcpy(b->line, "\r\n--", 4);
	memcpy(b->line + 4, p, n);
	b->nline = n + 4;
	return true;
}

/* The value of PARAMETER="..." in a line of LEN octets: what stands between
 * the quotes, with no escape in it. */
static bool
parameter(const char *line, size_t len, const char *name, const char **value,
    size_t *n)
{
	size_t want = strlen(name);

	for (size_t i = 0; i + want + 2 < len; i++) {
		const char *p = line + i, *close;

		if ((p > line && p[-1] != ' ' && p[-1] != ';') ||
		    strncasecmp(p, name, want) != 0 || p[want] != '=' ||
		    p[want + 1] != '"')
			continue;
		*value = p + want + 2;
		close = memchr(*value, '"', (size_t)(line + len - *value));
		if (close == NULL)
			return false;
		*n = (size_t)(close - *value);
		return true;
	}
	return false;
}

static bool
disposition(const char *line, size_t len, struct head *h)
{
	static const char want[] = "content-disposition: form-data;";
	const char *v;
	size_t n;

	if (len < sizeof(want) - 1 ||
	    strncasecmp(line, want, sizeof(want) - 1) != 0)
		return true; /* some other line: of no interest */
	if (h->named || !parameter(line, len, "name", &v, &n) || n == 0 ||
	    n > FORM_NAME_MAX || !text_utf8_ok(v, n))
		return false;
	memcpy(h->name, v, n);
	h->name[n] = '\0';
	h->named = true;
	if (parameter(line, len, "filename", &v, &n)) {
		h->file = true;
		h->empty_name = n == 0;
	}
	return true;
}

/* Lines up to an empty one. */
static bool
read_head(struct body *b, struct head *h)
{
	const char *from = b->p;

	*h = (struct head){.named = false};
	for (;;) {
		size_t left = (size_t)(b->end - b->p);
		const char *cr = memmem(b->p, left, "\r\n", 2);
		size_t len;

		if (cr == NULL || cr - from > MULTIPART_HEAD_MAX)
			return false;
		len = (size_t)(cr - b->p);
		if (len > 0 && !disposition(b->p, len, h))
			return false;
		b->p = cr + 2;
		if (len == 0)
			return h->named;
	}
}

static enum err
add(struct form *f, struct arena *a, const struct head *h, const char *p,
    size_t len)
{
	struct form_field *x = &f->fields[f->n];

	if (!text_utf8_ok(p, len))
		return ERR_BAD_INPUT;
	x->name = arena_text(a, h->name);
	x->value = arena_copy(a, p, len);
	if (x->name == NULL || x->value == NULL)
		return ERR_NO_MEMORY;
	f->n++;
	return ERR_OK;
}

/* One part, and the delimiter after it; LAST: it was the closing one. */
static enum err
part(struct body *b, struct arena *a, struct form *f,
    struct multipart_file *file, bool *last)
{
	struct head h;
	const char *from, *to;
	enum err e;

	if (f->n == MULTIPART_PARTS_MAX)
		return ERR_TOO_BIG;
	if (!read_head(b, &h))
		return ERR_BAD_INPUT;
	from = b->p;
	to = memmem(from, (size_t)(b->end - from), b->line, b->nline);
	if (to == NULL || b->end - to < (ptrdiff_t)b->nline + 2)
		return ERR_BAD_INPUT;
	b->p = to + b->nline + 2;
	*last = memcmp(b->p - 2, "--", 2) == 0;
	if (!*last && memcmp(b->p - 2, "\r\n", 2) != 0)
		return ERR_BAD_INPUT;
	if (!h.file)
		return add(f, a, &h, from, (size_t)(to - from));
	if (h.empty_name && to == from)
		return ERR_OK; /* none was chosen */
	if (file->octets != NULL)
		return ERR_BAD_INPUT;
	*file = (struct multipart_file){from, (size_t)(to - from)};
	if ((e = add(f, a, &h, "", 0)))
		*file = (struct multipart_file){NULL, 0};
	return e;
}

enum err
multipart_parse(const char *type, const char *body, size_t len, struct arena *a,
    struct form *out, struct multipart_file *file)
{
	struct body b = {.p = body, .end = body + len};
	struct form f = {0};
	struct multipart_file found = {NULL, 0};
	bool last = false;
	enum err e;

	*out = (struct form){0};
	*file = found;
	if (!boundary(type, &b) || len < b.nline ||
	    memcmp(body, b.line + 2, b.nline - 2) != 0 ||
	    memcmp(body + b.nline - 2, "\r\n", 2) != 0)
		return ERR_BAD_INPUT;
	b.p += b.nline;
	f.fields = arena_array(a, MULTIPART_PARTS_MAX, sizeof(*f.fields));
	if (f.fields == NULL)
		return ERR_NO_MEMORY;
	for (size_t n = 0; !last; n++) {
		if (n == MULTIPART_PARTS_MAX)
			return ERR_TOO_BIG;
		if ((e = part(&b, a, &f, &found, &last)))
			return e;
	}
	*out = f;
	*file = found;
	return ERR_OK;
}
