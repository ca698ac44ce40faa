/*
 * row.h - nouns in and out of rows, by their list of columns
 */
#pragma once

#include "core/model/noun.h"
#include "core/store/store.h"

struct column;

/* How one noun is kept: struct size, columns, statements. A statement number
 * of SQL_COUNT means the noun has none of that kind. */
struct row_kind {
	size_t size;
	const struct column *columns;
	enum sql add, set, get, all, remove;
};

extern const struct row_kind network_rows, plan_rows, rule_rows, person_rows,
    key_rows, device_rows, ap_rows, visit_rows, unit_rows, voucher_rows,
    webhook_rows;

/* A none id is a null in the store. */
#define ROW_ID(id) DB_TEXT(uid_is_none(id) ? NULL : (id)->s)

/* Arguments: the noun's columns as $1 (its id), $2 ..., then what is added. */
struct row_args {
	struct db_arg v[DB_ARGS_MAX + 1];
	size_t n;
	char mac[MAC_TEXT];
};
void row_args(const struct row_kind *k, const void *noun, struct row_args *out);
void row_args_add(struct row_args *a, struct db_arg arg);

/* Reads the noun from columns *AT and following, and moves *AT past them.
 * CORRUPT (logged) when a word or id in it makes no sense. All null (an outer
 * join) reads as zero. */
MUST_USE enum err row_read(
    const struct row_kind *k, const struct db_rows *r, int *at, void *noun);

MUST_USE enum err
row_add(struct store *st, const struct row_kind *k, const void *noun);

/* NOUN's version must be the stored one (CONFLICT; NOT_FOUND when gone); it is
 * counted up in NOUN. */
MUST_USE enum err row_set(struct store *st, const struct row_kind *k,
    const void *noun, int64_t *version);

/* NOT_FOUND when there is none with this id; so row_remove(). */
MUST_USE enum err row_get(struct store *st, const struct row_kind *k,
    const struct uid *id, void *noun);
MUST_USE enum err
row_remove(struct store *st, const struct row_kind *k, const struct uid *id);

/* The first row of SQL as a noun; NOT_FOUND without one. */
MUST_USE enum err row_one(struct store *st, const struct row_kind *k,
    enum sql sql, const struct db_arg *args, void *noun);

/* All rows of SQL as an array of nouns in the arena. */
MUST_USE enum err
row_list(struct store *st, const struct row_kind *k, enum sql sql,
    const struct db_arg *args, struct arena *a, void *out, size_t *n);

/* The ids in the first column of all rows of SQL. */
MUST_USE enum err row_ids(struct store *st, enum sql sql,
    const struct db_arg *args, struct arena *a, struct uid **out, size_t *n);

/* A growing array in an arena: room for one more of SIZE octets, or NULL. */
void *row_more(struct arena *a, void **array, size_t *n, size_t size);
