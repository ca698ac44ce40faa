/*
 * user.h - a user and a group as JSON, and back
 */
#pragma once

#include "core/service/scim.h"
#include "portal/scim/attr.h"

/* J as the attributes of U; its id and versions stay. `active` that is not
 * named keeps what U has. ATTRIBUTES is allocated from A. A pure function. */
MUST_USE enum err
user_read(const json_t *j, struct arena *a, struct scim_user *u, struct why *w);

/* U as it is shown, without groups and location. NULL: no memory, or what is
 * stored is damaged. */
json_t *user_json(const struct scim_user *u);

/* J as G. MEMBERS is NULL when J names none. A pure function. */
MUST_USE enum err group_read(const json_t *j, struct arena *a,
    struct scim_group *g, struct uid **members, size_t *n, struct why *w);

/* G without members and location. */
json_t *group_json(const struct scim_group *g);
