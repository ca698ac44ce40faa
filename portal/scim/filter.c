/* Text into a tree. */
#include "portal/scim/filter.h"

#include <string.h>
#include <strings.h>

#include "core/service/json.h"

struct parser {
	const char *p;
	struct arena *a;
	int nodes, depth;
	const char *bad;
};

static struct filter *either(struct parser *x);

static void *
wrong(struct parser *x, const char *what)
{
	if (x->bad == NULL)
		x->bad = what;
	return NULL;
}

static struct filter *
node(struct parser *x, struct filter f)
{
	struct filter *out;

	if (++x->nodes > FILTER_NODES_MAX)
		return wrong(x, "it is too long");
	if ((out = arena_get(x->a, sizeof(*out))) != NULL)
		*out = f;
	return out;
}

static void
blanks(struct parser *x)
{
	x->p += strspn(x->p, " ");
}

/* The word WHAT stands here and ends here. */
static bool
word(struct parser *x, const char *what)
{
	size_t n = strlen(what);

	if (strncasecmp(x->p, what, n) != 0 ||
	    (x->p[n] != ' ' && x->p[n] != '(' && x->p[n] != ')' &&
		x->p[n] != ']' && x->p[n] != '\0'))
		return false;
	x->p += n;
	return true;
}

static bool
sign(struct parser *x, char c)
{
	if (*x->p != c)
		return false;
	x->p++;
	return true;
}

/* RFC 7644 figure 1: values are those of JSON, without arrays and objects. */
static bool
value(struct parser *x, struct filter *f)
{
	json_error_t at;
	json_t *v = NULL;

	if (*x->p != '[' && *x->p != '{')
		v = json_loadb(x->p, strlen(x->p),
		    JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &at);
	if (v == NULL)
		return wrong(x, "a value as in JSON was expected");
	x->p += at.position;
	f->kind = json_is_string(v)    ? FILTER_TEXT
		  : json_is_number(v)  ? FILTER_NUMBER
		  : json_is_boolean(v) ? FILTER_BOOL
				       : FILTER_NULL;
	f->number = json_number_value(v);
	f->truth = json_is_true(v);
	f->text =
	    json_is_string(v) ? arena_text(x->a, json_string_value(v)) : "";
	json_decref(v);
	return f->text != NULL;
}

static bool
attribute(struct parser *x, struct attr *out)
{
	size_t n = strcspn(x->p, " []()\"");

	if (!attr_parse(x->p, n, x->a, out) || out->name[0] == '\0')
		return wrong(x, "the name of an attribute was expected");
	x->p += n;
	return true;
}

/* A comparison of F->attr. */
static struct filter *
compare(struct parser *x, struct filter f)
{
	static const char *const ops[] = {[FILTER_EQ] = "eq",
	    [FILTER_NE] = "ne",
	    [FILTER_CO] = "co",
	    [FILTER_SW] = "sw",
	    [FILTER_EW] = "ew",
	    [FILTER_GT] = "gt",
	    [FILTER_GE] = "ge",
	    [FILTER_LT] = "lt",
	    [FILTER_LE] = "le",
	    [FILTER_PR] = "pr"};

	blanks(x);
	for (int op = FILTER_EQ; op <= FILTER_PR; op++) {
		if (!word(x, ops[op]))
			continue;
		f.op = (enum filter_op)op;
		blanks(x);
		return op == FILTER_PR || value(x, &f) ? node(x, f) : NULL;
	}
	return wrong(x, "an operator (eq, ne, co, sw, ew, pr...) was expected");
}

static struct filter *
inside(struct parser *x, char end)
{
	struct filter *f;

	if (++x->depth > FILTER_DEPTH_MAX)
		return wrong(x, "it is nested too deep");
	f = either(x);
	x->depth--;
	blanks(x);
	if (f != NULL && !sign(x, end))
		return wrong(x, "a closing bracket was expected");
	return f;
}

/* What may follow attribute[filter]: .sub compared. */
static bool
rest(struct parser *x, struct filter *has)
{
	struct filter f = {0};

	if (!sign(x, '.'))
		return true;
	if (!attribute(x, &f.attr) || f.attr.sub || f.attr.urn)
		return wrong(x, "a sub-attribute was expected");
	return (has->right = compare(x, f)) != NULL;
}

static struct filter *
one(struct parser *x)
{
	struct filter f = {0};
	const char *from;

	blanks(x);
	from = x->p;
	if (word(x, "not")) {
		blanks(x);
		f.op = FILTER_NOT;
		if (sign(x, '('))
			return (f.left = inside(x, ')')) ? node(x, f) : NULL;
		x->p = from;
	}
	if (sign(x, '('))
		return inside(x, ')');
	if (!attribute(x, &f.attr))
		return NULL;
	if (!sign(x, '['))
		return compare(x, f);
	f.op = FILTER_HAS;
	return (f.left = inside(x, ']')) && rest(x, &f) ? node(x, f) : NULL;
}

/* A chain of the same word; "and" binds closer than "or". */
static struct filter *
chain(struct parser *x, const char *by, enum filter_op op,
    struct filter *(*part)(struct parser *x))
{
	struct filter *f = part(x), *next;

	while (f != NULL) {
		const char *from = x->p;

		blanks(x);
		if (!word(x, by)) {
			x->p = from;
			return f;
		}
		if ((next = part(x)) == NULL)
			return NULL;
		f = node(
		    x, (struct filter){.op = op, .left = f, .right = next});
	}
	return NULL;
}

static struct filter *
both(struct parser *x)
{
	return chain(x, "and", FILTER_AND, one);
}

static struct filter *
either(struct parser *x)
{
	return chain(x, "or", FILTER_OR, both);
}

static enum err
blame(
    const struct parser *x, const char *text, const char *field, struct why *w)
{
	if (arena_spent(x->a) || json_lacked())
		return ERR_NO_MEMORY;
	return why_set(w, ERR_BAD_INPUT, field,
	    "This %s cannot be read at character %d: %s.", field,
	    (int)(x->p - text) + 1, x->bad ? x->bad : "too much follows");
}

enum err
filter_parse(
    const char *text, struct arena *a, struct filter **out, struct why *w)
{
	struct parser x = {.p = text, .a = a};

	*out = NULL;
	if (strlen(text) > FILTER_TEXT_MAX)
		return why_set(w, ERR_BAD_INPUT, "filter",
		    "A filter has at most %d octets.", FILTER_TEXT_MAX);
	*out = either(&x);
	blanks(&x);
	if (*out != NULL && *x.p == '\0')
		return ERR_OK;
	*out = NULL;
	return blame(&x, text, "filter", w);
}

static bool
path(struct parser *x, struct filter_path *out)
{
	size_t n = strcspn(x->p, " []()\"");
	struct attr sub;

	if (!attr_parse(x->p, n, x->a, &out->attr))
		return wrong(x, "the name of an attribute was expected");
	x->p += n;
	if (*x->p == '\0' || out->attr.sub || !sign(x, '['))
		return true;
	if ((out->filter = inside(x, ']')) == NULL || !sign(x, '.'))
		return out->filter != NULL;
	if (!attribute(x, &sub) || sub.sub || sub.urn)
		return wrong(x, "a sub-attribute was expected");
	out->attr.sub = sub.name;
	return true;
}

enum err
filter_path_parse(
    const char *text, struct arena *a, struct filter_path *out, struct why *w)
{
	struct parser x = {.p = text, .a = a};

	*out = (struct filter_path){0};
	if (strlen(text) > FILTER_TEXT_MAX)
		return why_set(w, ERR_BAD_INPUT, "path",
		    "A path has at most %d octets.", FILTER_TEXT_MAX);
	if (path(&x, out) && *x.p == '\0')
		return ERR_OK;
	return blame(&x, text, "path", w);
}
