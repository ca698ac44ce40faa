/*
 * filter.h - which resources a directory asks for (RFC 7644 3.4.2.2)
 *
 *	userName eq "ada" and (active eq true or emails[type eq "work"])
 *
 * A filter becomes a tree, and the tree is held against resources as JSON. It
 * never becomes SQL. `emails[type eq "work"].value eq "a@b"`, which the RFC
 * does not have and Entra ID sends, is understood.
 */
#pragma once

#include "core/model/bounds.h"
#include "core/model/noun.h"
#include "portal/scim/attr.h"

enum filter_op {
	FILTER_EQ,
	FILTER_NE,
	FILTER_CO,
	FILTER_SW,
	FILTER_EW,
	FILTER_GT,
	FILTER_GE,
	FILTER_LT,
	FILTER_LE,
	FILTER_PR,
	FILTER_AND,
	FILTER_OR,
	FILTER_NOT,
	FILTER_HAS, /* attribute[left], perhaps .sub compared in `right` */
};

enum filter_kind { FILTER_NULL, FILTER_BOOL, FILTER_NUMBER, FILTER_TEXT };

struct filter {
	enum filter_op op;
	struct attr attr;
	enum filter_kind kind; /* of what it is compared with */
	const char *text;
	double number;
	bool truth;
	struct filter *left, *right;
};

/* Where a change goes: attribute, attribute.sub, attribute[filter],
 * attribute[filter].sub (RFC 7644 3.5.2). */
struct filter_path {
	struct attr attr;
	struct filter *filter; /* NULL: none */
};

/* BAD_INPUT blames the field `filter`. A pure function. */
MUST_USE enum err filter_parse(
    const char *text, struct arena *a, struct filter **out, struct why *w);

/* BAD_INPUT blames the field `path`. A pure function. */
MUST_USE enum err filter_path_parse(
    const char *text, struct arena *a, struct filter_path *out, struct why *w);

/* Is RESOURCE, or an element of a list, one that F means (RFC 7644 3.4.2.2)?
 * What it does not have is equal to nothing. */
bool filter_match(const struct filter *f, const json_t *resource);

/* The text that NAME (and SUB; may be NULL) must be equal to whenever F
 * matches; NULL when F does not say so. */
const char *
filter_wants(const struct filter *f, const char *name, const char *sub);

/* Does F look at the attribute NAME anywhere? */
bool filter_names(const struct filter *f, const char *name);
