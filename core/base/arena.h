/*
 * arena.h - memory tied to one request or one packet
 *
 * Everything allocated from an arena lives until the arena is reset or freed;
 * nothing is freed by hand. An arena has a limit: past it, allocations return
 * NULL and the request fails with NO_MEMORY.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "core/base/own.h"

struct arena;

/* A fresh arena of at most LIMIT octets, or NULL when out of memory. */
struct arena *arena_new(size_t limit);

/* LEN zeroed octets, aligned for any type; NULL past the limit. */
void *
arena_get(struct arena *a, size_t len) __attribute__((malloc, alloc_size(2)));

/* COUNT zeroed members of SIZE octets; NULL on overflow or past the limit. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A NUL-terminated copy of LEN octets. */
char *arena_copy(struct arena *a, const char *text, size_t len);

/* A NUL-terminated copy of TEXT. */
char *arena_text(struct arena *a, const char *text);

/* printf into the arena; NULL when out of memory. */
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Whether it gave NULL since it was made or reset: what was made of what it
 * gave may lack something. */
bool arena_spent(const struct arena *a);

/* Forgets (and wipes) everything but keeps the first chunk for reuse. */
void arena_reset(struct arena *a);

/* Wipes and frees. NULL is fine. */
void arena_free(struct arena *a);

static inline void
arena_own(struct arena **a)
{
	arena_free(*a);
}
