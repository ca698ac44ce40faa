/*
 * keeper.h - sealing and opening by a process that alone has the master key
 *
 * A worker that strangers talk to does not hold the key ring. It has a share:
 * a ring that can fingerprint, sign forms and extend the audit, but neither
 * seal nor open; for both it asks the keeper, over sockets that it was given.
 * seal() and seal_open() work with either ring. The keeper opens only what a
 * portal needs, at a bounded rate (portal/keeper).
 */
#pragma once

#include <stdbool.h>

#include "core/crypt/seal.h"

enum {
	KEEPER_LANES = 32,          /* questions at the same time */
	KEEPER_PATIENCE_MS = 500,   /* for an answer; then it is asked again */
	KEEPER_TRIES = 6,           /* of that, then BUSY */
	KEEPER_RECONNECT_MS = 3000, /* for one that is being started again */
	RING_SHARE_MAX = 1024
};

/* The way to a keeper. Shared by threads. */
struct keeper;

/* Over N sockets (SOCK_SEQPACKET) whose other ends the keeper has; takes them
 * over. At most KEEPER_LANES. NULL: no memory. */
struct keeper *keeper_of_sockets(const int *fds, size_t n);

/* Over up to KEEPER_LANES connections to the socket at PATH, each made when
 * it is first needed and again when it breaks. NULL: no memory, or PATH is
 * too long. */
struct keeper *keeper_at(const char *path);

void keeper_close(struct keeper *k);

static inline void
keeper_own(struct keeper **k)
{
	keeper_close(*k);
}

/* Asks for nothing but an answer; false when none comes. */
bool keeper_answers(struct keeper *k);

/* From now on GONE is called, instead of failing, when nobody has the other
 * ends any more: a worker without its keeper is better gone as well. */
void ring_on_lost_keeper(const struct ring *r, void (*gone)(void));

/* False when nobody has the other ends any more. */
bool keeper_alive(const struct keeper *k);

/*
 * A ring that asks K, which belongs to it from then on (also on failure).
 * With the reason in WHY: SEALED when nobody answers or the answer is none,
 * CORRUPT when it is that of another version.
 */
MUST_USE enum err
ring_of_keeper(struct keeper *k, struct ring **out, char why[static RING_WHY]);

/* The share of a keeper that has read the master key again if there was reason
 * to; NULL when it does not answer. It does not own K. */
struct ring *keeper_renewed(struct keeper *k);

/* What of R a worker may have, as octets: identifiers, and the derived keys
 * that neither seal nor open nor speak for an access point. Returns how many.
 */
size_t ring_share_put(const struct ring *r, uint8_t out[static RING_SHARE_MAX]);

/* The ring of such a share; a pure function. CORRUPT when malformed. */
MUST_USE enum err ring_share_get(const uint8_t *p, size_t n, struct ring **out);

/* Seals or opens through K; see seal() and seal_open(). TOO_BIG over
 * KEEPER_DATA_MAX, BUSY without an answer in time, FORBIDDEN and THROTTLED by
 * the keeper's rules. OUT has room for LEN and the overhead of sealing, or
 * for LEN without it. */
MUST_USE enum err keeper_seal(struct keeper *k, const struct seal_place *at,
    const void *plain, size_t len, uint8_t *out);
MUST_USE enum err keeper_open(struct keeper *k, const struct seal_place *at,
    const uint8_t *sealed, size_t n, void *out, size_t *len);
