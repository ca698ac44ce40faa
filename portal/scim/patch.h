/*
 * patch.h - changes of a resource (RFC 7644 3.5.2)
 *
 * As Entra ID and Okta send them: `op` in any case; a value with or without a
 * path; names like "name.givenName" as members of a value; members taken out
 * by a path with a filter or by the path `members` with a value; an element
 * that no filter finds is made of what the filter asks for.
 */
#pragma once

#include "core/model/bounds.h"
#include "portal/scim/filter.h"

/*
 * Does all operations of REQUEST to RESOURCE, in order. BAD_INPUT blames `op`,
 * `path`, `value`, or names what may not be changed; RESOURCE is then
 * unusable. What only the server sets and passwords are passed over. A pure
 * function, but for json_lacked(): since RESOURCE was begun.
 */
MUST_USE enum err patch_apply(
    json_t *resource, const json_t *request, struct arena *a, struct why *w);
