/*
 * keeper_wire.h - what a worker and the keeper say to each other
 *
 * One message of a sequenced-packet socket each way; see keeper.h. All numbers
 * are big-endian.
 *
 *	question: version (1), act (1), nonce (8), generation (8), lengths of
 *	          table, row and column (3), these with a NUL each, data
 *	answer:   version (1), error (1), nonce (8), data
 *
 * Data of KEEPER_SEAL is plain, its answer sealed; KEEPER_OPEN the other way.
 * KEEPER_HELLO has none; its answer is a share of the ring (ring_share_put()).
 * KEEPER_RENEW has none, and none in its answer: the keeper may be followed by
 * one that has read the master key again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/crypt/seal.h"

enum {
	KEEPER_DATA_MAX = 160 << 10, /* octets; a message must fit a socket */
	KEEPER_PLACE_MAX = 255,      /* of table, row and column each */
	KEEPER_QUESTION_MAX =
	    1 + 1 + 8 + 8 + 3 + 3 * (KEEPER_PLACE_MAX + 1) + KEEPER_DATA_MAX,
	KEEPER_ANSWER_HEAD = 1 + 1 + 8,
	KEEPER_ANSWER_MAX = KEEPER_ANSWER_HEAD + KEEPER_DATA_MAX
};

enum keeper_act { KEEPER_HELLO = 1, KEEPER_SEAL, KEEPER_OPEN, KEEPER_RENEW };

struct keeper_question {
	enum keeper_act act;
	uint64_t nonce; /* the answer repeats it */
	struct seal_place at;
	const uint8_t *data;
	size_t len;
};

struct keeper_answer {
	enum err err;
	uint64_t nonce;
	const uint8_t *data;
	size_t len;
};

/* The octets of Q in OUT; 0 when it does not fit. */
size_t keeper_put_question(
    const struct keeper_question *q, uint8_t out[static KEEPER_QUESTION_MAX]);

/* A pure function. Q points into P. False for anything that
 * keeper_put_question() would not have written. */
bool keeper_get_question(const uint8_t *p, size_t n, struct keeper_question *q);

/* Writes the head only: the data is already behind it. */
void keeper_put_answer(
    const struct keeper_answer *a, uint8_t out[static KEEPER_ANSWER_HEAD]);

/* A pure function; A points into P. */
bool keeper_get_answer(const uint8_t *p, size_t n, struct keeper_answer *a);
