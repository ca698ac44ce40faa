/*
 * attr.h - how attributes of a directory's resources are named
 *
 * RFC 7643 2.1 and RFC 7644 3.10: letters are the same in both cases, a dot
 * leads to a sub-attribute, and what an extension adds stands below its URN.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

#define ATTR_USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define ATTR_GROUP "urn:ietf:params:scim:schemas:core:2.0:Group"
#define ATTR_ENTERPRISE                                                        \
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

enum { ATTR_TEXT_MAX = 255 }; /* octets of a name with everything */

struct attr {
	const char *urn;  /* of the extension; NULL: the resource itself */
	const char *name; /* "": the extension as a whole */
	const char *sub;  /* NULL: none */
};

/* LEN octets of TEXT as a name; false when they are none. A pure function. */
bool
attr_parse(const char *text, size_t len, struct arena *a, struct attr *out);

/* How OBJECT itself spells NAME; NULL when it has no such member. */
const char *attr_key(const json_t *object, const char *name);

/* The member, whatever the case of its name; NULL when there is none. */
json_t *attr_get(const json_t *object, const char *name);

/* Its text, "" when it is none. */
const char *attr_text(const json_t *object, const char *name);

/* The value of A without its sub-attribute. */
json_t *attr_of(const json_t *resource, const struct attr *a);

/* Two members whose names differ only in case: the name of one, or NULL. */
const char *attr_twin(const json_t *object);

/* Attributes of which there may be several. */
bool attr_many(const char *name);

/* True, and `"True"` as Entra ID writes it. FALSE for anything that is no
 * truth value at all. */
bool attr_truth(const json_t *v, bool *out);
