/* The tree against a resource. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "portal/scim/filter.h"

/* RFC 7643 3.1, 8.7: identifiers are exact, all else has no case. */
static bool
exact(const struct attr *a)
{
	const char *name = a->sub ? a->sub : a->name;

	if (strcasecmp(name, "id") == 0 ||
	    strcasecmp(name, "externalId") == 0 ||
	    strcasecmp(name, "$ref") == 0)
		return true;
	return strcasecmp(a->name, "members") == 0 ||
	       strcasecmp(a->name, "groups") == 0;
}

static bool
ordered(enum filter_op op, int way)
{
	return (op == FILTER_GT && way > 0) || (op == FILTER_GE && way >= 0) ||
	       (op == FILTER_LT && way < 0) || (op == FILTER_LE && way <= 0);
}

static bool
text_is(const struct filter *f, const char *have)
{
	bool is = exact(&f->attr);
	size_t n = strlen(have), want = strlen(f->text);
	int (*same)(const char *, const char *) = is ? strcmp : strcasecmp;

	switch (f->op) {
	case FILTER_EQ:
		return same(have, f->text) == 0;
	case FILTER_CO:
		return (is ? strstr(have, f->text)
			   : strcasestr(have, f->text)) != NULL;
	case FILTER_SW:
		return (is ? strncmp : strncasecmp)(have, f->text, want) == 0;
	case FILTER_EW:
		return n >= want && same(have + n - want, f->text) == 0;
	default:
		return ordered(f->op, same(have, f->text));
	}
}

static bool
present(const json_t *v)
{
	return v != NULL && !json_is_null(v) &&
	       !(json_is_array(v) && json_array_size(v) == 0) &&
	       !(json_is_string(v) && json_string_length(v) == 0);
}

static bool
number_is(const struct filter *f, double have)
{
	if (f->op == FILTER_EQ)
		return !isgreater(have, f->number) && !isless(have, f->number);
	return ordered(f->op, (have > f->number) - (have < f->number));
}

/* One value, not several. */
static bool
value_is(const struct filter *f, const json_t *v)
{
	bool truth;

	if (f->op == FILTER_PR)
		return present(v);
	if (f->kind == FILTER_NULL)
		return f->op == FILTER_EQ && !present(v);
	if (f->kind == FILTER_NUMBER)
		return json_is_number(v) && number_is(f, json_number_value(v));
	if (f->kind == FILTER_BOOL)
		return attr_truth(v, &truth) && f->op == FILTER_EQ &&
		       truth == f->truth;
	if (json_is_boolean(v))
		return f->op == FILTER_EQ &&
		       strcasecmp(
			   f->text, json_is_true(v) ? "true" : "false") == 0;
	return json_is_string(v) && text_is(f, json_string_value(v));
}

/* An element by its sub-attribute; `value` is meant when none is named. */
static bool
element_is(const struct filter *f, const json_t *v)
{
	if (!json_is_object(v))
		return f->attr.sub == NULL && value_is(f, v);
	if (f->op == FILTER_PR && f->attr.sub == NULL)
		return json_object_size(v) > 0;
	return value_is(f, attr_get(v, f->attr.sub ? f->attr.sub : "value"));
}

static bool
any(const struct filter *f, const json_t *v,
    bool (*is)(const struct filter *f, const json_t *v))
{
	const json_t *one;
	size_t i;

	if (!json_is_array(v))
		return is(f, v);
	json_array_foreach(v, i, one)
	{
		if (is(f, one))
			return true;
	}
	return json_array_size(v) == 0 && f->op != FILTER_HAS && is(f, NULL);
}

static bool
has(const struct filter *f, const json_t *v)
{
	return json_is_object(v) && filter_match(f->left, v) &&
	       (f->right == NULL || filter_match(f->right, v));
}

bool
filter_match(const struct filter *f, const json_t *resource)
{
	struct filter not ;

	switch (f->op) {
	case FILTER_AND:
		return filter_match(f->left, resource) &&
		       filter_match(f->right, resource);
	case FILTER_OR:
		return filter_match(f->left, resource) ||
		       filter_match(f->right, resource);
	case FILTER_NOT:
		return !filter_match(f->left, resource);
	case FILTER_HAS:
		return any(f, attr_of(resource, &f->attr), has);
	case FILTER_NE:
		not = *f;
		not .op = FILTER_EQ;
		return !filter_match(&not, resource);
	default:
		return any(f, attr_of(resource, &f->attr), element_is);
	}
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcasecmp(a, b) == 0;
}

const char *
filter_wants(const struct filter *f, const char *name, const char *sub)
{
	const char *t;

	if (f->op == FILTER_AND)
		return (t = filter_wants(f->left, name, sub))
			   ? t
			   : filter_wants(f->right, name, sub);
	return f->op == FILTER_EQ && f->kind == FILTER_TEXT &&
		       f->attr.urn == NULL && same(f->attr.name, name) &&
		       same(f->attr.sub, sub)
		   ? f->text
		   : NULL;
}

bool
filter_names(const struct filter *f, const char *name)
{
	if (f == NULL)
		return false;
	return (f->attr.name && strcasecmp(f->attr.name, name) == 0) ||
	       filter_names(f->left, name) || filter_names(f->right, name);
}
