/*
 * field.h - the members of each noun as a table
 *
 * One row per member: its name, its kind, where it sits in the struct, who may
 * set it. The command line, exports and the API read and write nouns through
 * these rows, so a new member is added once.
 */
#pragma once

#include "core/base/buf.h"
#include "core/model/noun.h"

enum field_kind {
	FIELD_TEXT,  /* char[size] */
	FIELD_INT,   /* int, a whole number */
	FIELD_LONG,  /* int64_t, a whole number */
	FIELD_BOOL,  /* bool: yes, no */
	FIELD_ID,    /* struct uid */
	FIELD_TERM,  /* an enum of term.h, by its word */
	FIELD_TIME,  /* int64_t, RFC 3339 in UTC; "" for 0 */
	FIELD_MAC,   /* struct mac */
	FIELD_ROLES, /* int set of 1 << role: words joined by commas */
};

enum {
	FIELD_SET = 1,      /* callers may set it */
	FIELD_REQUIRED = 2, /* must be given to add */
	FIELD_SHORT = 4,    /* is shown in lists */
};

struct term_words {
	const char *(*text)(int value);
	bool (*parse)(const char *word, int *value);
	const char *all; /* the words, joined by | */
};

struct field {
	const char *name;
	enum field_kind kind;
	int flags;
	size_t offset, size;
	const struct term_words
	    *term; /* of a TERM, or the words a TEXT may be */
	const char *help;
};

/* The tables; each ends at a row without a name. */
extern const struct field network_fields[], plan_fields[], rule_fields[],
    person_fields[], key_fields[], device_fields[], ap_fields[], visit_fields[],
    unit_fields[], voucher_fields[], token_fields[], outbox_fields[],
    webhook_fields[];

/* Writes the member's value as text; nothing for an unset one. */
void field_get(const struct field *f, const void *noun, struct buf *out);

/* Reads TEXT into the member; BAD_INPUT names the field and what it wants. */
MUST_USE enum err
field_set(const struct field *f, void *noun, const char *text, struct why *w);

/* The row called NAME, or NULL. */
const struct field *field_find(const struct field *table, const char *name);

/* RFC 3339 date or date and time, in UTC ("2026-12-24",
 * "2026-12-24T10:00:00Z"); refuses what does not exist. */
bool field_time_parse(const char *text, int64_t *out);
