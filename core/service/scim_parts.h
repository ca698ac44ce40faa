/*
 * scim_parts.h - what users and groups of a directory share
 *
 * For the files of SCIM in this folder only.
 */
#pragma once

#include "core/service/scim.h"
#include "core/store/store.h"

/* ASCII letters in lower case; NULL when out of memory. */
const char *scim_lower(struct call *c, const char *text);

/* "" is a null. */
struct db_arg scim_or_null(const char *external);

/* PERSON's roles as the rules say now. */
MUST_USE enum err scim_roles(struct call *c, const struct uid *person);

/* How users, or groups, are kept. */
struct scim_rows {
	size_t size; /* of one */
	enum err (*read)(struct call *c, const struct db_rows *r, void *out);
	enum sql count, list; /* of all */
	enum sql by[SCIM_MEMBER + 1];
};

/* The one whose KEY is VALUE in OUT; it is cleared when there is none. */
MUST_USE enum err scim_one(struct call *c, const struct scim_rows *k,
    enum scim_key key, const char *connector, const char *value, void *out);

/* A page of them, in the arena, and how many there are in all. ROLE_OPERATOR.
 */
MUST_USE enum err
scim_find(struct call *c, const struct scim_rows *k, const char *connector,
    const struct scim_filter *f, void **out, size_t *n, size_t *total);
