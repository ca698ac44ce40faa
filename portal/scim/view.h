/*
 * view.h - what of a resource a caller wants to see (RFC 7644 3.9)
 */
#pragma once

#include "portal/scim/attr.h"

struct view_want {
	const char *only, *but; /* names by comma; "" or NULL: all, none */
};

/* Does the caller see the attribute NAME at all? */
bool view_wants(const struct view_want *w, const char *name);

/* J without what is not wanted; takes J. `id` and `schemas` always stay. A
 * pure function; A is scratch. */
json_t *view_cut(const struct view_want *w, json_t *j, struct arena *a);
