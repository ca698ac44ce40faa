/*
 * table.h - records found by hash, read without a lock
 *
 * Cells hold pointers to records of the caller. One writer at a time changes
 * them (the caller sees to that); readers are inside the table's epoch. The
 * hash is keyed per process, so that nobody can choose addresses that collide.
 */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "radius/serve/epoch.h"

struct table_cells;

struct table {
	struct epoch *epoch;
	uint64_t (*hash)(const void *record);
	bool (*same)(const void *record, const void *wanted);
	_Atomic(struct table_cells *) cells;
	_Atomic size_t count; /* any thread may read */
	size_t used;          /* dead cells, too */
};

/* Keyed hash of LEN octets. */
uint64_t table_hash(const void *octets, size_t len);

/* The record that is the same as WANTED (as `same` sees it), or NULL. */
void *table_get(const struct table *t, uint64_t hash, const void *wanted);

/* Fetches the cell of HASH into the processor's caches. */
void table_near(const struct table *t, uint64_t hash);

/* The first record whose tag is that of HASH, or NULL: most often the one
 * table_get() will find. It is not looked at. */
const void *table_guess(const struct table *t, uint64_t hash);

/* Room for COUNT records without growing on the way. NO_MEMORY. */
MUST_USE enum err table_reserve(struct table *t, size_t count);

/* Puts RECORD in place of the one that is the same as WANTED; *OLD is that
 * one, or NULL, and the caller's to retire. NO_MEMORY. */
MUST_USE enum err
table_put(struct table *t, void *record, const void *wanted, void **old);

/* Takes out; the record is the caller's to retire. NULL when there is none. */
void *table_take(struct table *t, uint64_t hash, const void *wanted);

/* Every record in turn, from any thread inside the epoch: *I starts at 0.
 * NULL at the end. One that is put meanwhile may be missed. */
void *table_next(const struct table *t, size_t *i);

/* Frees the cells, and every record by FREE_ unless NULL. No readers left. */
void table_free(struct table *t, void (*free_)(void *));
