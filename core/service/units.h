/*
 * units.h - flats, rooms, companies: people who share passwords
 *
 * Staff makes units. Their managers invite and remove members and make the
 * unit's passwords (keys_issue() with `unit`); every member sees them.
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/call.h"

struct unit_member {
	struct person person;
	bool manager;
	int64_t since;
};

/* Staff. EXISTS: another has the name; BAD_INPUT names the field. */
MUST_USE enum err units_add(struct call *c, struct unit *u);
MUST_USE enum err units_set(struct call *c, struct unit *u);
/* CONFLICT while there are passwords or parts of it. */
MUST_USE enum err units_remove(struct call *c, const struct uid *id);
/* Members and staff; NOT_FOUND for others. */
MUST_USE enum err
units_get(struct call *c, const struct uid *id, struct unit *out);
/* By id, or by name when TEXT is no id. For those who may see it. */
MUST_USE enum err
units_find(struct call *c, const char *text, struct unit *out);
MUST_USE enum err units_list(struct call *c, struct unit **out, size_t *n);
MUST_USE enum err units_of(
    struct call *c, const struct uid *person, struct unit **out, size_t *n);

/* All passwords of the unit follow at once. Staff only. */
MUST_USE enum err units_set_state(struct call *c, const struct uid *id,
    enum person_state state, const char *reason);

/* In the arena, for members and staff. */
MUST_USE enum err units_members(
    struct call *c, const struct uid *id, struct unit_member **out, size_t *n);
/* Staff adds and changes; MANAGER decides about others. */
MUST_USE enum err units_member_set(struct call *c, const struct uid *id,
    const struct uid *person, bool manager);
/* Staff, managers, or the member alone. The last manager stays: BAD_STATE,
 * but staff may remove that, too. */
MUST_USE enum err units_member_remove(
    struct call *c, const struct uid *id, const struct uid *person);

/* A link for one person, valid SECONDS; only its hash is stored. */
MUST_USE enum err units_invite(struct call *c, const struct uid *id,
    int64_t seconds, struct secret *token);
/* By POST: the signed-in actor joins. NOT_FOUND for any link that is no good.
 */
MUST_USE enum err
units_join(struct call *c, const char *token, struct unit *out);
