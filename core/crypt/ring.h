/*
 * ring.h - what the files of the key ring share; see seal.h
 */
#pragma once

#include <stdatomic.h>

#include "core/crypt/seal.h"

/* One line of the file. */
struct ring_line {
	char id[RING_ID_TEXT];
	uint8_t key[RING_KEY];
};

struct ring {
	struct ring_line base, keys[RING_KEYS_MAX]; /* oldest first */
	size_t n;
	uint8_t seal[RING_KEYS_MAX][RING_KEY]; /* derived from keys[] */
	uint8_t derived[RING_PURPOSES][RING_KEY];
	uint8_t check[16]; /* what seal_check_make() seals; of the base */
	_Atomic int64_t count;
	_Atomic int64_t *uses; /* is &count: the one thing that changes */
};

/* Writes a reason to WHY and returns SEALED. */
enum err ring_why(char why[static RING_WHY], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A fresh line with an id that R, which may be NULL, does not have. */
void ring_line_new(const struct ring *r, struct ring_line *out);
