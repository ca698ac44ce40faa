/*
 * ring.h - what the files of the key ring share; see seal.h
 */
#pragma once

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "core/crypt/keeper.h"
#include "core/crypt/seal.h"

/* One line of the file. */
struct ring_line {
	char id[RING_ID_TEXT];
	uint8_t key[RING_KEY];
};

/* What replaces a ring that programs are using. The newest of a chain counts;
 * older ones stay as long as the first, as others may be reading them. */
struct ring_news {
	pthread_mutex_t lock;         /* of whoever looks for news */
	_Atomic(struct ring *) newer; /* NULL: none yet */
	char path[PATH_MAX];          /* "": not from a file */
	struct stat seen;             /* the file as it was read */
};

struct ring {
	struct ring_line base, keys[RING_KEYS_MAX]; /* oldest first */
	size_t n;
	uint8_t seal[RING_KEYS_MAX][RING_KEY]; /* derived from keys[] */
	uint8_t derived[RING_PURPOSES][RING_KEY];
	uint8_t check[16]; /* what seal_check_make() seals; of the base */
	_Atomic int64_t count;
	_Atomic int64_t *uses;  /* is &count: one of two things that change */
	struct ring_news *news; /* the other */
	struct keeper *keeper;  /* who seals and opens for a share */
};

/* A ring of no keys, with what all rings have; NULL: no memory. */
struct ring *ring_empty(void);

/* The newest of the chain that R begins. */
const struct ring *ring_now(const struct ring *r);

/* Writes a reason to WHY and returns SEALED. */
enum err ring_why(char why[static RING_WHY], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A fresh line with an id that R, which may be NULL, does not have. */
void ring_line_new(const struct ring *r, struct ring_line *out);
