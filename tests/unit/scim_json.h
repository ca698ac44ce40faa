/*
 * scim_json.h - JSON as tests of SCIM write it
 */
#pragma once

#include <jansson.h>
#include <string.h>

#include "core/base/arena.h"
#include "portal/scim/patch.h"
#include "tests/unit/test.h"

static struct arena *arena;

/* TEXT of the shortest form: 'x' stands for "x". */
static json_t *
json(const char *text)
{
	char *t = arena_text(arena, text);
	json_t *j;

	for (char *p = t; *p; p++)
		if (*p == '\'')
			*p = '"';
	if ((j = json_loads(t, JSON_DECODE_ANY, NULL)) == NULL)
		fail_msg("no JSON: %s", t);
	return j;
}

/* Changes J by a PATCH of OPERATIONS. */
static inline enum err
scim_apply(json_t *j, const char *operations, struct why *why)
{
	json_t *all = json(operations);
	json_t *request = json_pack("{sO}", "Operations", all);
	enum err e = patch_apply(j, request, arena, why);

	json_decref(all);
	json_decref(request);
	return e;
}
