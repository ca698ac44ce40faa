/*
 * chain.h - the audit rows and the hashes that chain them
 *
 * For the files of this folder only. hash(n) = HMAC(audit key, hash(n-1),
 * n, time, every text with its length); hash(0) is 32 zero octets. The store
 * keeps the head beside the rows.
 */
#pragma once

#include "core/base/err.h"
#include "core/crypt/hash.h"
#include "core/store/store.h"

struct ring;

struct chain_row {
	int64_t seq, at;
	const char *actor, *act, *noun, *id, *detail;
};

/* An empty chain, for a new store. */
MUST_USE enum err chain_make(struct store *st);

/* Adds ROW (seq is found here), in the caller's transaction. */
MUST_USE enum err
chain_add(struct store *st, const struct ring *ring, struct chain_row *row);

/* The hash of ROW after PREV. */
MUST_USE enum err
chain_hash(const struct ring *ring, const uint8_t prev[static HASH_LEN],
    const struct chain_row *row, uint8_t out[static HASH_LEN]);

/* The head as the store has it. */
MUST_USE enum err
chain_head(struct store *st, int64_t *seq, uint8_t hash[static HASH_LEN]);

/* What the first row that is kept follows: 0 and zeros for a whole chain. */
MUST_USE enum err
chain_start(struct store *st, int64_t *seq, uint8_t hash[static HASH_LEN]);

/* The hash of row SEQ as the store has it. NOT_FOUND. */
MUST_USE enum err
chain_at(struct store *st, int64_t seq, uint8_t hash[static HASH_LEN]);
