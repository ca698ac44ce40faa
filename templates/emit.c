#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "templates/block.h"

void
emit_line(struct tpl_run *r, const char *fmt, ...)
{
	char line[1500];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		(void)tpl_fail(r, "this is too long");
	for (int i = 0; i < r->indent; i++)
		buf_char(&r->t->body, '\t');
	buf_text(&r->t->body, line);
	buf_char(&r->t->body, '\n');
}

void
emit_flush(struct tpl_run *r)
{
	if (r->literal->len == 0)
		return;
	for (int i = 0; i < r->indent; i++)
		buf_char(&r->t->body, '\t');
	buf_text(&r->t->body, "buf_add(b, ");
	tpl_c_string(&r->t->body, r->literal->p, r->literal->len);
	buf_printf(&r->t->body, ", %zu);\n", r->literal->len);
	buf_clear(r->literal);
}

static bool
ended(struct tpl_run *r, const char *p, const char *end)
{
	tpl_blanks(&p, end);
	return p == end || tpl_fail(r, "one value at a time");
}

/* Where a value may stand, or the reason against. */
static bool
position(struct tpl_run *r, enum place_value *at)
{
	const char *why = "";

	*at = place_value(&r->place, &why);
	if (*at == VALUE_REFUSED)
		return tpl_fail(r, "%s", why);
	emit_flush(r);
	return true;
}

static const char *
text_call(enum place_value at)
{
	switch (at) {
	case VALUE_TEXT:
	case VALUE_ATTR:
		return "tpl_text";
	case VALUE_URL:
		return "tpl_url";
	case VALUE_URL_PART:
		return "tpl_url_part";
	case VALUE_STYLE:
		return "tpl_hex";
	case VALUE_REFUSED:
		break;
	}
	return NULL;
}

/* Is "Wi-Fi" of a message SAID here to stay on one line? In attributes and in
 * elements that hold text alone there is nothing to break. */
static bool
whole(const struct tpl_run *r, enum place_value at, const char *said)
{
	return at == VALUE_TEXT && !r->place.bare &&
	       strstr(said, "Wi-Fi") != NULL;
}

static void
begin_whole(struct tpl_run *r, enum place_value at, const char *said)
{
	if (whole(r, at, said))
		emit_line(r, "{ size_t from = b->len;");
}

static void
end_whole(struct tpl_run *r, enum place_value at, const char *said)
{
	if (whole(r, at, said))
		emit_line(r, "tpl_whole(b, from); }");
}

bool
emit_value(struct tpl_run *r, const struct tpl_scope *s, const char *p,
    const char *end, bool html)
{
	enum place_value at;
	struct tpl_value v = {0};

	if (!tpl_resolve(r, s, &p, end, &v) || !ended(r, p, end) ||
	    !position(r, &at))
		return false;
	if (at == VALUE_STYLE && v.type != TPL_TEXT && v.type != TPL_INT)
		return tpl_fail(r, "only a colour or a number is of a style");
	if (html != (v.type == TPL_HTML))
		return tpl_fail(r, html ? "only html stands in {{{ }}}"
					: "html stands in {{{ }}}");
	switch (v.type) {
	case TPL_TEXT:
		emit_line(r, "%s(b, %s);", text_call(at), v.expr);
		return true;
	case TPL_WORDS:
		if (at == VALUE_URL || at == VALUE_URL_PART)
			return tpl_fail(r, "words are no URL");
		begin_whole(r, at, "Wi-Fi");
		emit_line(r, "tpl_words(b, v->lang, %s);", v.expr);
		end_whole(r, at, "Wi-Fi");
		return true;
	case TPL_INT:
		emit_line(r, "tpl_int(b, %s);", v.expr);
		return true;
	case TPL_TIME:
		emit_line(r,
		    at == VALUE_TEXT ? "tpl_time(b, v->lang, %s);"
				     : "tpl_time_plain(b, %s);",
		    v.expr);
		return true;
	case TPL_HTML:
		if (at != VALUE_TEXT)
			return tpl_fail(r, "html stands between tags only");
		emit_line(r, "tpl_raw(b, %s);", v.expr);
		return true;
	case TPL_BOOL:
	case TPL_ONE:
	case TPL_LIST:
		break;
	}
	return tpl_fail(r, "this cannot be written out");
}

/* Checks that {name} in a message is a field, and writes it as an argument. */
static bool
arguments(struct tpl_run *r, const struct tpl_scope *s, const char *text,
    char *out, size_t size, int *n)
{
	size_t used = 0;

	out[0] = '\0';
	*n = 0;
	for (const char *p = text; (p = strchr(p, '{')) != NULL;) {
		const char *end = strchr(p, '}'), *q = ++p;
		struct tpl_value v = {0};
		const char *kind;
		int w;

		if (end == NULL || !tpl_resolve(r, s, &q, end, &v) || q != end)
			return tpl_fail(r, "'{name}' was expected");
		if (v.type != TPL_TEXT && v.type != TPL_WORDS &&
		    v.type != TPL_INT && v.type != TPL_TIME)
			return tpl_fail(r, "text or numbers in messages");
		kind = v.type == TPL_TEXT || v.type == TPL_WORDS ? "text"
								 : "number";
		w = snprintf(out + used, size - used,
		    "{.name = \"%.*s\", .%s = %s, .%s = true}, ",
		    (int)(end - p), p, kind, v.expr,
		    v.type == TPL_TIME    ? "time"
		    : v.type == TPL_WORDS ? "words"
					  : "plain");
		if (w < 0 || used + (size_t)w >= size)
			return tpl_fail(r, "too much in one message");
		used += (size_t)w;
		(*n)++;
		p = end;
	}
	return true;
}

bool
emit_message(struct tpl_run *r, const struct tpl_scope *s, const char *p,
    const char *end, bool plural)
{
	char one[600], many[600], args[700], said[300];
	struct tpl_value count = {0};
	enum place_value at;
	int m, n;

	if (plural &&
	    (!tpl_resolve(r, s, &p, end, &count) || count.type != TPL_INT))
		return tpl_fail(r, "{{_n}} wants a number");
	if (!tpl_string(&p, end, one, sizeof(one)) ||
	    (plural && !tpl_string(&p, end, many, sizeof(many))))
		return tpl_fail(r, "a message in quotes was expected");
	if (one[0] == '\0' || (plural && many[0] == '\0'))
		return tpl_fail(r, "an empty message");
	if (!ended(r, p, end) || !position(r, &at) ||
	    !arguments(r, s, plural ? many : one, args, sizeof(args), &n))
		return false;
	if (at == VALUE_URL || at == VALUE_URL_PART)
		return tpl_fail(r, "a message is no URL");
	if (at == VALUE_STYLE)
		return tpl_fail(r, "a message is no style");
	m = plural ? tpl_plural_message(r->t, one, many)
		   : tpl_message(r->t, one);
	if (m < 0)
		return tpl_fail(r, "too many messages");
	if (plural)
		(void)snprintf(said, sizeof(said),
		    "tpl_plural(v->lang, %d, %s)", m, count.expr);
	else
		(void)snprintf(said, sizeof(said), "tpl_msg(v->lang, %d)", m);
	begin_whole(r, at, one);
	if (n == 0)
		emit_line(r, "tpl_text(b, %s);", said);
	else
		emit_line(r,
		    "tpl_say(b, v->lang, %s, (struct tpl_arg[]){%s}, %d);",
		    said, args, n);
	end_whole(r, at, one);
	return true;
}

bool
emit_asset(struct tpl_run *r, const char *p, const char *end)
{
	char name[80];
	enum place_value at;

	if (!tpl_string(&p, end, name, sizeof(name)) || !ended(r, p, end))
		return tpl_fail(r, "the name of a file was expected");
	for (char *c = name; *c != '\0'; c++)
		if (*c == '.' || *c == '-')
			*c = '_';
		else if (!((*c >= 'a' && *c <= 'z') || *c == '_' ||
			     (*c >= '0' && *c <= '9')))
			return tpl_fail(r, "this is no file of static/");
	if (!position(r, &at))
		return false;
	if (at != VALUE_URL)
		return tpl_fail(r, "an asset is a whole URL");
	emit_line(r, "buf_text(b, ASSET_%s);", name);
	return true;
}
