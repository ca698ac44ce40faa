/*
 * A catalogue in GNU gettext's format: msgid, msgid_plural, msgstr, msgstr[N].
 * Its head names the language: Language-Name, Direction, Plural-Forms, and
 * Decimal-Mark where it is not a point.
 */
#include "templates/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PO_TEXT = 1600, CODE = 12, RULE = 300 };

struct entry {
	int line;
	bool fuzzy, any;
	char id[PO_TEXT], many[PO_TEXT], str[TPL_FORMS_MAX][PO_TEXT];
	int nforms; /* 0: msgstr without a number */
};

struct reading {
	struct tpl *t;
	const char *code;
	int line;
	char name[64], dir[4], rule[RULE], point[4];
	int nplurals;
	char **messages; /* by number of the message; NULL: missing */
	char **forms;    /* plural * nplurals + form */
};

static bool
wrong(struct reading *r, int line, const char *what, const char *about)
{
	if (r->t->why[0] == '\0')
		(void)snprintf(r->t->why, TPL_WHY, "po/%s.po:%d: %s: %.150s",
		    r->code, line, what, about);
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

	if (r->messages != NULL)
		return wrong(r, e->line, "a second one of", "the head");
	head_line(text, "Language-Name: ", r->name, sizeof(r->name));
	head_line(text, "Direction: ", r->dir, sizeof(r->dir));
	(void)snprintf(r->point, sizeof(r->point), ".");
	head_line(text, "Decimal-Mark: ", r->point, sizeof(r->point));
	head_line(text, "nplurals=", n, sizeof(n));
	head_line(text, "plural=", r->rule, sizeof(r->rule));
	r->nplurals = n[0] >= '0' && n[0] <= '9' ? n[0] - '0' : 0;
	if (r->name[0] == '\0' || r->dir[0] == '\0')
		return wrong(
		    r, e->line, "the head lacks", "Language-Name, Direction");
	if (r->nplurals < 1 || r->nplurals > TPL_FORMS_MAX || !rule_ok(r->rule))
		return wrong(r, e->line, "not understood", "Plural-Forms");
	r->messages = calloc(TPL_MESSAGES_MAX, sizeof(char *));
	r->forms =
	    calloc((size_t)TPL_PLURALS_MAX * TPL_FORMS_MAX, sizeof(char *));
	return r->messages != NULL && r->forms != NULL;
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
	if (e->nforms != r->nplurals)
		return wrong(r, e->line, "another number of forms", e->id);
	for (int f = 0; f < e->nforms; f++) {
		if (e->fuzzy || e->str[f][0] == '\0')
			continue;
		if (!placeholders_ok(e->id, e->many, e->str[f], false))
			return wrong(
			    r, e->line, "other placeholders", e->str[f]);
		if (!put(&r->forms[at * r->nplurals + f], e->str[f]))
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
	if (r->messages[at] != NULL)
		return wrong(r, e->line, "a second one of", e->id);
	return put(&r->messages[at], e->str[0]);
}

static bool
entry(struct reading *r, const struct entry *e)
{
	if (!e->any)
		return true;
	if (e->id[0] == '\0')
		return head(r, e);
	if (r->messages == NULL)
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

/* --- C --- */

static void
table(struct buf *b, const char *kind, const char *code, char **v, int n)
{
	buf_printf(b, "static const char *const %s_%s[] = {\n", kind, code);
	for (int i = 0; i < n; i++) {
		if (v[i] == NULL)
			continue;
		buf_printf(b, "\t[%d] = ", i);
		tpl_c_string(b, v[i], strlen(v[i]));
		buf_text(b, ",\n");
	}
	buf_printf(b, "\t[%d] = 0,\n};\n", n);
}

static void
write_tables(struct reading *r)
{
	struct buf *b = &r->t->body;
	char code[CODE];

	(void)snprintf(code, sizeof(code), "%s", r->code);
	for (char *c = code; *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	table(b, "messages", code, r->messages, r->t->nmessages);
	table(b, "forms", code, r->forms, r->t->nplurals * r->nplurals);
	buf_printf(b,
	    "static int\nplural_%s(uint64_t n)\n{\n\t(void)n;\n"
	    "\treturn (int)(%s);\n}\n\n",
	    code, r->rule);
	buf_printf(&r->t->langs, "\t{.code = \"%s\", .name = ", r->code);
	tpl_c_string(&r->t->langs, r->name, strlen(r->name));
	buf_printf(&r->t->langs,
	    ", .dir = \"%s\", .point = \"%s\", .messages = messages_%s,\n"
	    "\t    .forms = forms_%s, .nplurals = %d, .plural = plural_%s},\n",
	    r->dir, r->point, code, code, r->nplurals, code);
	r->t->nlangs++;
}

static void
clear(struct reading *r)
{
	for (int i = 0; r->messages != NULL && i < r->t->nmessages; i++)
		free(r->messages[i]);
	for (int i = 0; r->forms != NULL && i < r->t->nplurals * r->nplurals;
	     i++)
		free(r->forms[i]);
	free(r->messages);
	free(r->forms);
}

bool
catalogue_read(struct tpl *t, const char *code, const char *text, size_t len)
{
	struct reading r = {.t = t, .code = code};
	struct entry *e = malloc(sizeof(*e));
	bool ok = e != NULL && strlen(code) < CODE && lines(&r, e, text, len);

	if (ok && r.messages == NULL)
		ok = wrong(&r, 1, "there is no head", code);
	if (ok)
		write_tables(&r);
	clear(&r);
	free(e);
	return ok;
}

/* --- the pseudo-language --- */

/* Vowels with accents and twice, which makes words longer by two fifths, as
 * languages with long words have them; between brackets. {names} and
 * conversions stay. */
static char *
pseudo(const char *text, bool format)
{
	static const char from[] = "aeiouAEIOU";
	static const char *const to[] = {
	    "áá", "éé", "íí", "óó", "úú", "ÁÁ", "ÉÉ", "ÍÍ", "ÓÓ", "ÚÚ"};
	OWN(buf) struct buf b = BUF(4 * PO_TEXT);
	const char *v;

	buf_text(&b, "⟦");
	for (; *text != '\0'; text++) {
		size_t keep = *text == '{'             ? strcspn(text, "}")
			      : *text == '%' && format ? strcspn(text, "sdiuc")
						       : 0;

		if (keep > 0) {
			buf_add(&b, text, keep + 1);
			text += keep;
		} else if ((v = strchr(from, *text)) != NULL)
			buf_text(&b, to[v - from]);
		else
			buf_char(&b, *text);
	}
	buf_text(&b, "⟧");
	return strdup(buf_str(&b));
}

static bool
write_pseudo(struct tpl *t)
{
	struct reading r = {.t = t,
	    .code = "en-XA",
	    .name = "Pseudo",
	    .dir = "ltr",
	    .point = ".",
	    .rule = "n != 1",
	    .nplurals = 2};
	bool there;

	r.messages = calloc(TPL_MESSAGES_MAX, sizeof(char *));
	r.forms = calloc((size_t)TPL_PLURALS_MAX * 2, sizeof(char *));
	there = r.messages != NULL && r.forms != NULL;
	for (int i = 0; there && i < t->nmessages; i++)
		r.messages[i] = pseudo(t->messages[i], t->format[i]);
	for (int i = 0; there && i < t->nplurals * 2; i++)
		r.forms[i] = pseudo(t->plurals[i / 2][i % 2], false);
	if (there)
		write_tables(&r);
	clear(&r);
	return there;
}

static int
by_text(const void *a, const void *b, void *messages)
{
	char *const *m = messages;

	return strcmp(m[*(const int *)a], m[*(const int *)b]);
}

static bool
write_index(struct tpl *t)
{
	int *order = calloc((size_t)t->nmessages + 1, sizeof(int));

	if (order == NULL)
		return false;
	for (int i = 0; i < t->nmessages; i++)
		order[i] = i;
	qsort_r(order, (size_t)t->nmessages, sizeof(int), by_text, t->messages);
	buf_text(&t->body, "const int tpl_order[] = {\n");
	for (int i = 0; i < t->nmessages; i++)
		buf_printf(&t->body, "\t%d,\n", order[i]);
	buf_text(&t->body, "\t-1,\n};\nconst int tpl_formats[] = {\n");
	for (int i = 0; i < t->nmessages; i++)
		if (t->format[i])
			buf_printf(&t->body, "\t%d,\n", i);
	buf_text(&t->body, "\t-1,\n};\n");
	free(order);
	return true;
}

static void
write_english(struct tpl *t)
{
	struct buf *b = &t->body;

	buf_text(b, "const char *const tpl_messages[] = {\n");
	for (int i = 0; i < t->nmessages; i++) {
		buf_char(b, '\t');
		tpl_c_string(b, t->messages[i], strlen(t->messages[i]));
		buf_text(b, ",\n");
	}
	buf_text(b, "\t0,\n};\nconst char *const tpl_plurals[][2] = {\n");
	for (int i = 0; i < t->nplurals; i++) {
		buf_text(b, "\t{");
		tpl_c_string(b, t->plurals[i][0], strlen(t->plurals[i][0]));
		buf_text(b, ", ");
		tpl_c_string(b, t->plurals[i][1], strlen(t->plurals[i][1]));
		buf_text(b, "},\n");
	}
	buf_text(b, "\t{0, 0},\n};\n");
}

bool
catalogue_end(struct tpl *t)
{
	int offered = t->nlangs + 1;

	if (!write_pseudo(t) || !write_index(t))
		return false;
	write_english(t);
	buf_printf(&t->head, "enum { TPL_MESSAGES = %d };\n", t->nmessages);
	buf_printf(&t->body,
	    "const struct lang langs[] = {\n\t{.code = \"en\", .name = "
	    "\"English\", .dir = \"ltr\", .point = \".\"},\n%s};\n"
	    "const int langs_count = %d;\n",
	    buf_str(&t->langs), offered);
	return t->body.err == ERR_OK && t->langs.err == ERR_OK;
}

/* For translators: as po files write it. */
static void
po_string(struct buf *b, const char *text)
{
	buf_char(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_char(b, '\\');
		buf_char(b, *text);
	}
	buf_text(b, "\"\n");
}

void
catalogue_template(const struct tpl *t, struct buf *out)
{
	buf_text(out, "msgid \"\"\nmsgstr \"\"\n"
		      "\"Content-Type: text/plain; charset=UTF-8\\n\"\n");
	for (int i = 0; i < t->nmessages; i++) {
		buf_text(out, "\nmsgid ");
		po_string(out, t->messages[i]);
		buf_text(out, "msgstr \"\"\n");
	}
	for (int i = 0; i < t->nplurals; i++) {
		buf_text(out, "\nmsgid ");
		po_string(out, t->plurals[i][0]);
		buf_text(out, "msgid_plural ");
		po_string(out, t->plurals[i][1]);
		buf_text(out, "msgstr[0] \"\"\n");
	}
}
