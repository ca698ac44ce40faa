/*
 * strict.h - JSON from a provider, read without benefit of the doubt
 *
 * Duplicate members, NULs, malformed UTF-8 and anything after the value are
 * refused: two parsers must never see two different documents.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline void
json_own(json_t **j)
{
	json_decref(*j);
}

/* An object, or NULL for everything else. The caller owns it. */
json_t *strict_object(const char *text, size_t len);

/* The member NAME when it is a text of 1..MAX octets, otherwise NULL. */
const char *strict_text(const json_t *j, const char *name, size_t max);

/* A date in seconds (RFC 7519 2: a fraction is allowed, and cut); false when
 * absent, no number, negative or beyond the year 9999. */
bool strict_date(const json_t *j, const char *name, int64_t *out);
