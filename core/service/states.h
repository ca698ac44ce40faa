/*
 * states.h - suspending, restoring and ending in somebody else's transaction
 *
 * For the files of this folder only.
 */
#pragma once

#include "core/service/call.h"

/* people_set_state() */
MUST_USE enum err states_person(struct call *c, const struct uid *id,
    enum person_state state, const char *reason);

/* units_set_state() */
MUST_USE enum err states_unit(struct call *c, const struct uid *id,
    enum person_state state, const char *reason);
