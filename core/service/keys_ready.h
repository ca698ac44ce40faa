/*
 * keys_ready.h - an order for a key, looked at from all sides but the store's
 *
 * For the files of this folder only.
 */
#pragma once

#include "core/service/keys.h"
#include "core/service/keys_make.h"

struct keys_ready {
	struct wifi_key key; /* as it will be stored */
	struct network network;
	struct plan plan;
	struct person person; /* whose rules counted */
};

/* Rights, owner, plan, validity, name and limit of O; fails as keys_issue().
 * OWNER, when not NULL, is a person about to be made: nothing is asked of the
 * store about them. */
MUST_USE enum err keys_ready(struct call *c, const struct key_order *o,
    const struct person *owner, struct keys_ready *out);

/* Whoever it will belong to can have one: SUSPENDED, with what they are told,
 * when not. OUT is the person whose rules count. */
MUST_USE enum err keys_owner_ready(struct call *c, const struct uid *person,
    const struct uid *unit, struct person *out);

/* What a key without a name of its own is called. */
const char *keys_ready_name(enum key_kind kind);

/* Stores the key of R with its new PMK, its lease and its trace, in the
 * caller's transaction, when all that R was made from is still so. */
MUST_USE enum err keys_ready_store(struct call *c, const struct keys_ready *r,
    const struct keys_make *m, const char *act);
