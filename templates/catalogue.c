/*
 * A catalogue in GNU gettext's format: msgid, msgid_plural, msgstr, msgstr[N].
 * Its head names the language: Language-Name, Direction, Plural-Forms, and
 * Decimal-Mark where it is not a point.
 */
#include "templates/language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	int line;
	bool fuzzy, any;
	char id[PO_TEXT], many[PO_TEXT], str[TPL_FORMS_MAX][PO_TEXT];
	int nforms; /* 0: msgstr without a number */
};

struct reading {
	struct tpl *t;
	int line;
	struct language lang;
};

static bool
wrong(struct reading *r, int line, const char *what, const char *about)
{
	if (r->t->why[0] == '\0')
		(void)snprintf(r->t->why, TPL_WHY, "po/%s.po:%d: %s: %.150s",
		    r->lang.code, line, what, about);
	return false;
}

/* --- placeholders --- */

/* The next {name}, or %d when FORMAT, of *P in OUT; false at the end. */
static bool
placeholder(const char **p, bool format, char out[static 64])
{
	for (; **p != '\0'; (*p)++) {
		size_t n = 0;

		if (**p == '{' && !format)
			n = strcspn(*p, "}") + 1;
		else if (**p == '%' && format)
			n = strcspn(*p, "sdiuc") + 1;
		if (n == 0)
			continue;
		if (n >= 64)
			n = 63;
		memcpy(out, *p, n);
		out[n] = '\0';
		*p += strnlen(*p, n);
		return true;
	}
	return false;
}

static bool
holds(const char *text, const char *mark)
{
	return strstr(text, mark) != NULL;
}

/* Conversions of C in the same order; names in any. What MAY has and MUST has
 * not (the number, where the form says it) may be missing. */
static bool
placeholders_ok(
    const char *must, const char *may, const char *text, bool format)
{
	const char *p = must, *q = text;
	char a[64], b[64];

	while (format) {
		bool x = placeholder(&p, true, a), y = placeholder(&q, true, b);

		if (x != y || (x && strcmp(a, b) != 0))
			return false;
		if (!x)
			return true;
	}
	while (placeholder(&p, false, a))
		if (!holds(text, a))
			return false;
	while (placeholder(&q, false, b))
		if (!holds(may, b))
			return false;
	return true;
}

/* --- entries --- */

/* C's conversion of unsigned n; checked to be nothing else. */
static bool
rule_ok(const char *s)
{
	return s[0] != '\0' && s[strspn(s, "n0123456789 %&|=!<>?:()")] == '\0';
}

static void
head_line(const char *text, const char *key, char *out, size_t size)
{
	const char *p = strstr(text, key);

	if (p == NULL)
		return;
	p += strlen(key);
	(void)snprintf(out, size, "%.*s", (int)strcspn(p, ";\n"), p);
}

static bool
head(struct reading *r, const struct entry *e)
{
	char n[8] = "";
	const char *text = e->str[0];

	if (r->lang.messages != NULL)
		return wrong(r, e->line, "a second one of", "the head");
	head_line(text, "Language-Name: ", r->lang.name, sizeof(r->lang.name));
	head_line(text, "Direction: ", r->lang.dir, sizeof(r->lang.dir));
	(void)snprintf(r->lang.point, sizeof(r->lang.point), ".");
	head_line(text, "Decimal-Mark: ", r->lang.point, sizeof(r->lang.point));
	head_line(text, "nplurals=", n, sizeof(n));
	head_line(text, "plural=", r->lang.rule, sizeof(r->lang.rule));
	r->lang.nplurals = n[0] >= '0' && n[0] <= '9' ? n[0] - '0' : 0;
	if (r->lang.name[0] == '\0' || r->lang.dir[0] == '\0')
		return wrong(
		    r, e->line, "the head lacks", "Language-Name, Direction");
	if (r->lang.nplurals < 1 || r->lang.nplurals > TPL_FORMS_MAX ||
	    !rule_ok(r->lang.rule))
		return wrong(r, e->line, "not understood", "Plural-Forms");
	r->lang.messages = calloc(TPL_MESSAGES_MAX, sizeof(char *));
	r->lang.forms =
	    calloc((size_t)TPL_PLURALS_MAX * TPL_FORMS_MAX, sizeof(char *));
	return r->lang.messages != NULL && r->lang.forms != NULL;
}

/* A sentence that has been reworded does not stop who reworded it. */
static bool
unsaid(struct reading *r)
{
	r->t->unsaid++;
	return true;
}

static bool
put(char **at, const char *text)
{
	free(*at);
	*at = strdup(text);
	return *at != NULL;
}

static bool
plural(struct reading *r, const struct entry *e)
{
	int at = -1;

	for (int i = 0; i < r->t->nplurals; i++)
		if (strcmp(r->t->plurals[i][0], e->id) == 0 &&
		    strcmp(r->t->plurals[i][1], e->many) == 0)
			at = i;
	if (at < 0)
		return unsaid(r);
	if (e->nforms != r->lang.nplurals)
		return wrong(r, e->line, "another number of forms", e->id);
	for (int f = 0; f < e->nforms; f++) {
		if (e->fuzzy || e->str[f][0] == '\0')
			continue;
		if (!placeholders_ok(e->id, e->many, e->str[f], false))
			return wrong(
			    r, e->line, "other placeholders", e->str[f]);
		if (!put(&r->lang.forms[at * r->lang.nplurals + f], e->str[f]))
			return false;
	}
	return true;
}

static bool
single(struct reading *r, const struct entry *e)
{
	int at = -1;

	for (int i = 0; i < r->t->nmessages; i++)
		if (strcmp(r->t->messages[i], e->id) == 0)
			at = i;
	if (at < 0)
		return unsaid(r);
	if (e->fuzzy || e->str[0][0] == '\0')
		return true;
	if (!placeholders_ok(e->id, e->id, e->str[0], r->t->format[at]))
		return wrong(r, e->line, "other placeholders", e->str[0]);
	if (r->lang.messages[at] != NULL)
		return wrong(r, e->line, "a second one of", e->id);
	return put(&r->lang.messages[at], e->str[0]);
}

static bool
entry(struct reading *r, const struct entry *e)
{
	if (!e->any)
		return true;
	if (e->id[0] == '\0')
		return head(r, e);
	if (r->lang.messages == NULL)
		return wrong(r, e->line, "the head comes first", e->id);
	return e->many[0] != '\0' ? plural(r, e) : single(r, e);
}

/* --- lines --- */

/* Appends what stands in quotes at P. */
static bool
quoted(const char *p, const char *end, char *out)
{
	size_t n = strlen(out);

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p >= end || *p++ != '"')
		return false;
	for (; p < end && *p != '"'; p++) {
		char c = *p;

		if (c == '\\' && ++p < end)
			c = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
		if (n + 1 >= PO_TEXT)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return p < end;
}

static bool
word(const char **p, const char *end, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(end - *p) < n || memcmp(*p, w, n) != 0)
		return false;
	*p += n;
	return true;
}

/* Where the text of this line goes; NULL when the line is not understood. */
static char *
target(const char **p, const char *end, struct entry *e, char *last)
{
	if (**p == '"')
		return last;
	if (word(p, end, "msgid_plural "))
		return e->many;
	if (word(p, end, "msgid "))
		return e->id;
	if (word(p, end, "msgstr "))
		return e->str[0];
	if (word(p, end, "msgstr[") && end - *p > 3 && **p >= '0' &&
	    **p < '0' + TPL_FORMS_MAX && (*p)[1] == ']') {
		int f = **p - '0';

		*p += 2;
		if (f != e->nforms)
			return NULL;
		e->nforms++;
		return e->str[f];
	}
	return NULL;
}

static void
begin(struct entry *e, int line)
{
	e->id[0] = e->many[0] = '\0';
	for (int i = 0; i < TPL_FORMS_MAX; i++)
		e->str[i][0] = '\0';
	e->line = line;
	e->nforms = 0;
	e->fuzzy = e->any = false;
}

static bool
lines(struct reading *r, struct entry *e, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	char *into = NULL;

	for (begin(e, 1); p < end; p++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		r->line++;
		eol = eol == NULL ? end : eol;
		if (p == eol) {
			if (!entry(r, e))
				return false;
			begin(e, r->line + 1);
			into = NULL;
		} else if (*p == '#') {
			e->fuzzy |=
			    memmem(p, (size_t)(eol - p), "fuzzy", 5) != NULL;
		} else {
			into = target(&p, eol, e, into);
			if (into == NULL || !quoted(p, eol, into))
				return wrong(
				    r, r->line, "not understood", e->id);
			e->any = true;
		}
		p = eol;
	}
	return entry(r, e);
}

bool
catalogue_read(struct tpl *t, const char *code, const char *text, size_t len)
{
	struct reading r = {.t = t, .lang.code = code};
	struct entry *e = malloc(sizeof(*e));
	bool ok = e != NULL && strlen(code) < CODE && lines(&r, e, text, len);

	if (ok && r.lang.messages == NULL)
		ok = wrong(&r, 1, "there is no head", code);
	if (ok)
		catalogue_write(t, &r.lang);
	catalogue_clear(t, &r.lang);
	free(e);
	return ok;
}
