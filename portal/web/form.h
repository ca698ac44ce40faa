/*
 * form.h - what a form or a query says
 *
 * application/x-www-form-urlencoded, read strictly: malformed escapes, NULs,
 * text that is no UTF-8 and too many fields are refused as a whole. A field
 * that is there twice counts as absent, so that nobody can be made to read
 * one value and act on the other.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/uid.h"

enum { FORM_FIELDS_MAX = 200, FORM_NAME_MAX = 64 };

struct form_field {
	const char *name, *value;
};

struct form {
	struct form_field *fields;
	size_t n;
};

/* BAD_INPUT when malformed, TOO_BIG with more than FORM_FIELDS_MAX fields. */
MUST_USE enum err
form_parse(const char *text, size_t len, struct arena *a, struct form *out);

/* The value of NAME when it is there exactly once, otherwise NULL. */
const char *form_get(const struct form *f, const char *name);

/* The same, "" instead of NULL. */
const char *form_text(const struct form *f, const char *name);

/* The number from 1 to MOST in NAME, 0 when there is none; -1 when it says
 * something else. */
int form_number(const struct form *f, const char *name, int most);

/* The id in NAME, UID_NONE when there is none; false when it says something
 * that is no id. */
MUST_USE bool form_id(const struct form *f, const char *name, struct uid *out);

/* The day in NAME, typed as YYYY-MM-DD, to be shown in its field again: "" for
 * what is no day, as a date field takes nothing else (HTML 4.10.5.1.7). */
const char *form_day(const struct form *f, const char *name);
