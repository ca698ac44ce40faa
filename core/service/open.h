/*
 * open.h - opening, creating, saving and restoring the store
 */
#pragma once

#include "core/base/err.h"
#include "core/service/call.h"

struct conf;

/* Opens the store the configuration names, with the ring, and checks that
 * they belong together: a wrong master key is SEALED, never CORRUPT. Runs
 * pending migrations only when MIGRATE. WHY says what to do about it. */
MUST_USE enum err store_service_open(const struct conf *conf,
    const struct ring *ring, bool migrate, struct store **out, struct why *why);
void store_service_close(struct store *st);

/* As db_stale() in core/db/db.h. */
bool store_service_stale(const struct store *st);

/* When the store itself last answered, in seconds since 1970 (db_heard()). */
int64_t store_service_heard(const struct store *st);

static inline void
store_own(struct store **st)
{
	store_service_close(*st);
}

/* A new, empty store with its seal check; EXISTS when there is one. One whose
 * making was cut short is made to its end. */
MUST_USE enum err store_service_create(
    const struct conf *conf, const struct ring *ring, struct why *why);

/* Moves the store to the other engine the configuration names, "sqlite" or
 * "pgsql" (core/db/move.h), and records it there. EXISTS when TO is where it is
 * already. It was moved when OUT has tables, also when there is an error: then
 * it could not be recorded. */
struct store_moved {
	int64_t tables, rows;
	char aside[300]; /* where the old store is now; "": in its place */
};
MUST_USE enum err
store_service_move(const struct conf *conf, const struct ring *ring,
    const char *to, struct store_moved *out, struct why *why);

/* An online copy of the whole store to FILE (which must not exist). The
 * master key is not in it. No copy is left that is not in the record of acts.
 */
MUST_USE enum err
store_service_backup(struct call *c, const char *file, struct why *why);

/* Puts the copy in place of the configured store, after checking it and
 * its seal. What was revoked, ended or suspended after the backup stays so:
 * the present store's revocations are carried over when it can be read. */
MUST_USE enum err
store_service_restore(const struct conf *conf, const struct ring *ring,
    const char *file, size_t *carried, struct why *why);

/* The octets that wait in the log beside the store; above STORE_LOG_MAX it is
 * emptied first, if nobody reads from it. Still above it: somebody reads
 * without end. ACTOR_SYSTEM. */
enum { STORE_LOG_MAX = 1 << 26 };
MUST_USE enum err store_service_log(struct call *c, int64_t *octets);

/* Quick integrity check and counts, for `latchkey doctor`. */
struct store_health {
	int64_t people, keys_active, keys_total, devices, aps, audit_rows;
	int64_t feed_position, schema;
	bool sound;
};
MUST_USE enum err
store_service_health(struct call *c, struct store_health *out);

/* Only whether it is sound, and its schema: also of one that is damaged. */
MUST_USE enum err
store_service_sound(struct call *c, int64_t *schema, bool *sound);
