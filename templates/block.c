#include "templates/block.h"

#include <stdio.h>
#include <string.h>

static bool
starts(const char *p, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - p) >= n && memcmp(p, with, n) == 0;
}

/* One character of the page itself. Indentation is for the author. */
static bool
literal(struct tpl_run *r)
{
	const char *why = place_feed(&r->place, *r->p);

	if (why != NULL)
		return tpl_fail(r, "%s", why);
	if (*r->p == '\0')
		return tpl_fail(r, "a NUL");
	if (*r->p == '\n')
		r->line++;
	if (*r->p != '\t')
		buf_char(r->literal, *r->p);
	r->p++;
	return true;
}

static bool
nothing_left(struct tpl_run *r, const char *p, const char *end)
{
	tpl_blanks(&p, end);
	return p == end || tpl_fail(r, "'%.*s' was not expected",
			       (int)(end - p > 40 ? 40 : end - p), p);
}

static void
truth(struct tpl_value *v, bool negate, char *out, size_t size)
{
	const char *no = negate ? "!" : "";

	switch (v->type) {
	case TPL_TEXT:
	case TPL_WORDS:
		(void)snprintf(out, size, "%stpl_any(%s)", no, v->expr);
		return;
	case TPL_HTML:
		(void)snprintf(out, size, "%stpl_any(%s.s)", no, v->expr);
		return;
	case TPL_INT:
	case TPL_BOOL:
	case TPL_TIME:
		(void)snprintf(out, size, "%s(%s)", no, v->expr);
		return;
	case TPL_LIST:
		(void)snprintf(out, size, "%s(%s.n > 0)", no, v->expr);
		return;
	case TPL_ONE:
		break;
	}
	out[0] = '\0';
}

static bool
if_(struct tpl_run *r, const struct tpl_scope *s, const char *p,
    const char *end)
{
	const char *q = p;
	char word[TPL_NAME], test[240];
	struct tpl_value v;
	bool negate = tpl_word(&q, end, word) && strcmp(word, "not") == 0;

	if (negate)
		p = q;
	if (!tpl_resolve(r, s, &p, end, &v) || !nothing_left(r, p, end))
		return false;
	truth(&v, negate, test, sizeof(test));
	if (test[0] == '\0')
		return tpl_fail(r, "a record is neither true nor false");
	emit_flush(r);
	emit_line(r, "if (%s) {", test);
	r->indent++;
	return block_run(r, s, BLOCK_IF);
}

static bool
each(struct tpl_run *r, const struct tpl_scope *s, const char *p,
    const char *end)
{
	struct tpl_scope inner = {.outer = s};
	struct tpl_value v;
	int n = r->loops++;

	if (!tpl_resolve(r, s, &p, end, &v) || !nothing_left(r, p, end))
		return false;
	if (v.type != TPL_LIST)
		return tpl_fail(r, "{{#each}} wants a list");
	inner.record = v.record;
	(void)snprintf(inner.var, sizeof(inner.var), "i%d->", n);
	emit_flush(r);
	emit_line(r,
	    "for (const struct tpl_%s *i%d = %s.v, *e%d = tpl_end(%s); "
	    "i%d != e%d; i%d++) {",
	    r->t->structs[v.record].name, n, v.expr, n, v.expr, n, n, n);
	r->indent++;
	return block_run(r, &inner, BLOCK_EACH);
}

/* A string given to a partial; in the reader's language when TRANSLATED. */
static bool
string_expr(
    struct tpl_run *r, const char *text, bool translated, struct tpl_value *v)
{
	OWN(buf) struct buf c = BUF(sizeof(v->expr) - 1);
	int m;

	if (!translated) {
		tpl_c_string(&c, text, strlen(text));
		if (c.err != ERR_OK)
			return tpl_fail(r, "this string is too long");
		(void)snprintf(v->expr, sizeof(v->expr), "%s", buf_str(&c));
		return true;
	}
	if ((m = tpl_message(r->t, text)) < 0)
		return tpl_fail(r, "too many messages");
	(void)snprintf(v->expr, sizeof(v->expr), "tpl_msg(v->lang, %d)", m);
	return true;
}

static bool
alias(struct tpl_run *r, const struct tpl_scope *s, struct tpl_scope *inner,
    const char **p, const char *end)
{
	struct tpl_alias *a = &inner->alias[inner->naliases];
	char text[160];
	struct tpl_value v = {.type = TPL_TEXT};
	bool translated;

	if (inner->naliases == TPL_ALIAS_MAX || !tpl_word(p, end, a->name) ||
	    *p >= end || *(*p)++ != '=')
		return tpl_fail(r, "'name=value' was expected");
	translated = *p < end && **p == '_';
	if (translated)
		(*p)++;
	if (*p < end && **p == '"') {
		if (!tpl_string(p, end, text, sizeof(text)))
			return tpl_fail(r, "a short string was expected");
		if (!string_expr(r, text, translated, &v))
			return false;
	} else if (translated || !tpl_resolve(r, s, p, end, &v)) {
		return tpl_fail(r, "a value was expected");
	}
	memcpy(a->expr, v.expr, sizeof(a->expr));
	a->type = v.type;
	a->record = v.record;
	inner->naliases++;
	tpl_blanks(p, end);
	return true;
}

/* {{> name a=b}}: the text of _name.html stands here. */
static bool
partial(struct tpl_run *r, const struct tpl_scope *s, const char *p,
    const char *end)
{
	struct tpl_scope inner = {.outer = s, .record = -1};
	struct tpl_run sub = *r;
	char name[TPL_NAME];

	if (!tpl_word(&p, end, name))
		return tpl_fail(r, "the name of a partial was expected");
	for (tpl_blanks(&p, end); p < end;)
		if (!alias(r, s, &inner, &p, end))
			return false;
	if (r->depth == TPL_DEPTH_MAX)
		return tpl_fail(r, "partials go too deep");
	for (int i = 0; i < r->t->nfiles; i++) {
		const struct tpl_file *f = &r->t->files[i];

		if (f->name[0] != '_' || strcmp(f->name + 1, name) != 0)
			continue;
		sub.file = f;
		sub.p = f->text;
		sub.end = f->text + f->len;
		sub.line = 1;
		sub.depth++;
		if (!block_run(&sub, &inner, BLOCK_FILE))
			return false;
		r->place = sub.place;
		r->loops = sub.loops;
		return true;
	}
	return tpl_fail(r, "no partial is called '%s'", name);
}

/* What stands between {{ and }}. */
static bool
inside(struct tpl_run *r, const struct tpl_scope *s, const char *p,
    const char *end)
{
	if (starts(p, end, "!") || starts(p, end, "page ") ||
	    starts(p, end, "record ") || starts(p, end, "shared"))
		return r->place.at == AT_TEXT ||
		       tpl_fail(r, "this stands in a tag");
	if (starts(p, end, "> "))
		return partial(r, s, p + 2, end);
	if (starts(p, end, "#if "))
		return if_(r, s, p + 4, end);
	if (starts(p, end, "#each "))
		return each(r, s, p + 6, end);
	if (starts(p, end, "_n "))
		return emit_message(r, s, p + 3, end, true);
	if (starts(p, end, "_ "))
		return emit_message(r, s, p + 2, end, false);
	if (starts(p, end, "asset "))
		return emit_asset(r, p + 6, end);
	return emit_value(r, s, p, end, false);
}

/* Finds the end of {{...}}, strings skipped; NULL when there is none. */
static const char *
closing(const char *p, const char *end)
{
	bool quoted = false;

	for (; p + 1 < end; p++) {
		if (quoted && *p == '\\')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && p[0] == '}' && p[1] == '}')
			return p;
	}
	return NULL;
}

struct branch {
	struct place begin, end;
	bool has_else;
};

/* {{#else}} and the end of the block: all ways must lead to one place. */
static bool
branch_ends(struct tpl_run *r, struct branch *b, bool last)
{
	const char *why = place_settle(&r->place);

	if (why != NULL)
		return tpl_fail(r, "%s", why);
	emit_flush(r);
	if (b->has_else || last) {
		const struct place *other = b->has_else ? &b->end : &b->begin;

		if (!place_same(other, &r->place))
			return tpl_fail(
			    r, "the branches end in different places");
		return true;
	}
	b->end = r->place;
	b->has_else = true;
	r->place = b->begin;
	return true;
}

static bool
else_(struct tpl_run *r, struct branch *b, enum block_kind kind)
{
	if (kind != BLOCK_IF || b->has_else)
		return tpl_fail(r, "{{#else}} without {{#if}}");
	if (!branch_ends(r, b, false))
		return false;
	r->indent--;
	emit_line(r, "} else {");
	r->indent++;
	return true;
}

static bool
end_block(struct tpl_run *r, struct branch *b)
{
	if (!branch_ends(r, b, true))
		return false;
	r->indent--;
	emit_line(r, "}");
	return true;
}

static int
lines(const char *p, const char *end)
{
	int n = 0;

	for (; p < end; p++)
		n += *p == '\n';
	return n;
}

/* One {{...}}. DONE when it closed the block. */
static bool
mark(struct tpl_run *r, const struct tpl_scope *s, enum block_kind kind,
    struct branch *b, bool *done)
{
	bool html = starts(r->p, r->end, "{{{");
	const char *p = r->p + (html ? 3 : 2), *end = closing(p, r->end);
	const char *end_of = kind == BLOCK_IF ? "/if" : "/each";
	bool ok;

	if (end == NULL || (html && (end + 2 >= r->end || end[2] != '}')))
		return tpl_fail(r, "'{{' is not closed");
	r->p = end + (html ? 3 : 2);
	if (html)
		ok = emit_value(r, s, p, end, true);
	else if (starts(p, end, "#else"))
		ok = nothing_left(r, p + 5, end) && else_(r, b, kind);
	else if (kind != BLOCK_FILE && starts(p, end, end_of)) {
		ok =
		    nothing_left(r, p + strlen(end_of), end) && end_block(r, b);
		*done = true;
	} else if (starts(p, end, "/"))
		ok = tpl_fail(r, "this closes nothing");
	else
		ok = inside(r, s, p, end);
	r->line += lines(p, end);
	return ok;
}

bool
block_run(struct tpl_run *r, const struct tpl_scope *s, enum block_kind kind)
{
	const char *why = kind == BLOCK_FILE ? NULL : place_settle(&r->place);
	struct branch b = {.begin = r->place};
	int line = r->line;
	bool done = false;

	if (why != NULL)
		return tpl_fail(r, "%s", why);
	if (r->indent > 2 * TPL_DEPTH_MAX)
		return tpl_fail(r, "blocks go too deep");
	while (r->p < r->end && !done) {
		if (starts(r->p, r->end, "{{")) {
			if (!mark(r, s, kind, &b, &done))
				return false;
		} else if (!literal(r)) {
			return false;
		}
	}
	if (kind != BLOCK_FILE && !done) {
		r->line = line;
		return tpl_fail(r, "this block is not closed");
	}
	emit_flush(r);
	return true;
}
