/*
 * passes_parts.h - a guest of the desk in steps, for those who make many
 *
 * For the files of this folder only.
 */
#pragma once

#include "core/service/entitle.h"
#include "core/service/keys_make.h"
#include "core/service/passes.h"

struct passes_ready {
	struct person person;
	struct wifi_key key;
};

/* The preset called PLAN (none: the best one); BAD_INPUT without. */
MUST_USE enum err
passes_preset(struct call *c, const struct uid *plan, struct entitlement *out);

/* Everything but the passphrase; BAD_INPUT with what is wrong in c->why. */
MUST_USE enum err passes_ready(struct call *c, const struct pass_order *o,
    const struct entitlement *t, struct passes_ready *out);

/* What it is as, once it is stored. */
void passes_view(const struct call *c, const struct entitlement *t,
    const struct passes_ready *r, struct key_view *out);

/* Stores both with their traces, in the caller's transaction. */
MUST_USE enum err passes_store(
    struct call *c, const struct passes_ready *r, const struct keys_make *m);
