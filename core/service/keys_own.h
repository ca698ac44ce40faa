/*
 * keys_own.h - who may touch which key
 *
 * For the files of this folder only.
 */
#pragma once

#include "core/service/act.h"

enum keys_wish {
	KEYS_SEE,    /* its row, its devices */
	KEYS_REVEAL, /* its passphrase */
	KEYS_CHANGE,
};

/* NOT_FOUND unless the actor owns it or has a role for it: what one may not
 * see is not there. */
MUST_USE enum err
keys_own(struct call *c, const struct wifi_key *k, enum keys_wish wish);

/* The stored key, when the actor may. */
MUST_USE enum err keys_own_get(struct call *c, const struct uid *id,
    enum keys_wish wish, struct wifi_key *out);
