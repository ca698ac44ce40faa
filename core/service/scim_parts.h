/*
 * scim_parts.h - what users and groups of a directory share
 *
 * For scim.c and scim_groups.c only.
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
