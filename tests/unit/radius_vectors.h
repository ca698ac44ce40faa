/* radius_vectors.h - the published packets below tests/vectors */
#pragma once

#include <jansson.h>

#include "core/base/text.h"
#include "tests/unit/test.h"

static inline json_t *
vectors(const char *name)
{
	char path[200];
	json_t *all;

	snprintf(path, sizeof(path), "tests/vectors/%s.json", name);
	all = json_load_file(path, 0, NULL);
	assert_non_null(all);
	return all;
}

/* The hex member NAME of V in OUT; its octets. */
static inline size_t
vector_hex(const json_t *v, const char *name, uint8_t *out, size_t max)
{
	const char *t = json_string_value(json_object_get(v, name));
	size_t len;

	assert_non_null(t);
	len = strlen(t) / 2;
	assert_true(len <= max);
	assert_true(text_from_hex(t, out, len));
	return len;
}

static inline const char *
vector_text(const json_t *v, const char *name)
{
	return json_string_value(json_object_get(v, name));
}
