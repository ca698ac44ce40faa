/*
 * reload.h - is the configuration another one, and can it be used?
 *
 * Asked when the supervisor is told to reload (SIGHUP). One that cannot be
 * used is refused with its reason, and everything goes on with the present one.
 */
#pragma once

#include "core/conf/conf.h"
#include "core/crypt/hash.h"

enum { RELOAD_MAX = 1 << 20 /* octets of a configuration */ };

enum reload {
	RELOAD_SAME, /* only certificates may be new */
	RELOAD_NEW,  /* programs have to start with it */
	RELOAD_BAD,
};

/* Remembers what PATH holds now; all zeros when it cannot be read. */
void reload_seen(const char *path, uint8_t seen[static HASH_LEN]);

/* Compares, and checks what is new as `check-config` does. SEEN follows when
 * it is RELOAD_NEW; WHY says what is RELOAD_BAD. */
enum reload reload_look(
    const char *path, uint8_t seen[static HASH_LEN], char why[static CONF_WHY]);
