/*
 * keys_make.h - a passphrase nobody else has, ready to be stored
 *
 * For the files of this folder only. The slow part (PBKDF2) happens here,
 * outside of any transaction and once per passphrase.
 */
#pragma once

#include "core/base/secret.h"
#include "core/crypt/hash.h"
#include "core/crypt/psk.h"
#include "core/service/act.h"

struct keys_make {
	struct secret passphrase;
	uint8_t pmk[PSK_PMK];
	uint8_t print[HASH_LEN]; /* keyed, of the PMK */
	char ssid[SSID_MAX + 1]; /* what the PMK is made for */
	bool weak;
};
void keys_make_own(struct keys_make *m);

/* One that is not taken on the network right now. */
MUST_USE enum err keys_make_minted(struct call *c, const struct network *n,
    const struct plan *p, struct keys_make *out);

/* GIVEN as it is; what is wrong with it is only told by keys_make_refused(),
 * after the same work. */
MUST_USE enum err keys_make_given(struct call *c, const struct network *n,
    const struct secret *given, struct keys_make *out);

/* One of several for the same network. */
struct keys_make_one {
	struct keys_make make;
	const struct secret *given; /* NULL mints one as P says */
	const struct plan *plan;
	enum err err;   /* of this one */
	struct why why; /* what is wrong with it */
};

/* All of them for one network, their PMKs side by side; each says whether it
 * can be had, also beside the others. Sorts ALL. A failure is of the store or
 * of memory. */
MUST_USE enum err keys_make_many(struct call *c, const struct network *n,
    struct keys_make_one **all, size_t count);

/* The one answer to a given passphrase that cannot be had. */
MUST_USE enum err keys_make_refused(struct call *c);

/* Stores K with M, in the caller's transaction. EXISTS: taken meanwhile.
 * CONFLICT: the network is called something else by now. */
MUST_USE enum err keys_make_store(
    struct call *c, const struct wifi_key *k, const struct keys_make *m);
