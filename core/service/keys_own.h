/*
 * keys_own.h - who may touch which key
 *
 * For the files of this folder only.
 */
#pragma once

#include "core/service/act.h"
#include "core/service/keys.h"

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

/* keys_revoke(), keys_rename() and keys_set_end() in a transaction of the
 * caller. */
MUST_USE enum err
keys_own_revoke(struct call *c, const struct uid *id, const char *reason);
MUST_USE enum err keys_own_rename(
    struct call *c, const struct uid *id, const char *name, int64_t version);
MUST_USE enum err keys_own_end(
    struct call *c, const struct uid *id, int64_t not_after, int64_t version);

/* The views a statement that begins with KEY_VIEW finds; asks no rights. */
MUST_USE enum err keys_views(struct call *c, enum sql sql,
    const struct db_arg *args, struct key_view **out, size_t *n);

/* The same of a statement that is a KEY_VIEW_FOUND_IN, and how many it finds in
 * all; ARGS[BOUNDS] and the last one are its limit and offset. */
enum { KEYS_FOUND_ARGS = 6 }; /* before those, at most */
MUST_USE enum err
keys_found(struct call *c, enum sql sql, const struct db_arg *args,
    size_t bounds, struct key_view **out, size_t *n, size_t *total);

/* BAD_INPUT unless N devices may use a key at once, MOST at most; 0: as the
 * plan says. */
MUST_USE enum err keys_own_devices(struct call *c, int n, int most);

/* How many keys have each standing now, and how many there are; asks no
 * rights. */
MUST_USE enum err
keys_tally(struct call *c, size_t out[static KEY_IS_REVOKED + 1]);
