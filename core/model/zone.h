/*
 * zone.h - local time
 *
 * Time zones are read from the system's database (RFC 8536 files below
 * /usr/share/zoneinfo) and stay in memory for good.
 */
#pragma once

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/own.h"

enum {
	ZONE_NAME_MAX = 63,
	ZONE_FILE_MAX = 65536,
	ZONE_CHANGES_MAX = 4096 /* changes of the offset in one zone */
};

struct zone;

/*
 * The zone with this IANA name ("Europe/Berlin"); "" is UTC. It is shared,
 * never changes and lives as long as the program; any thread may ask.
 * BAD_INPUT for what cannot be a name, NOT_FOUND for what is not in the
 * database, CORRUPT for a damaged file.
 */
MUST_USE enum err zone_get(const char *name, const struct zone **out);

/* A zone from the octets of such a file; a pure function. */
MUST_USE enum err zone_parse(const void *octets, size_t len, struct zone **out);
void zone_free(struct zone *z);

static inline void
zone_own(struct zone **z)
{
	zone_free(*z);
}

/* Seconds to add to UTC for local time at WHEN: a schedule_offset. A NULL
 * zone is UTC. */
int32_t zone_offset(const void *zone, int64_t when);

/* The first instant after NOW that is on a later local day. */
int64_t zone_day_end(const struct zone *z, int64_t now);
