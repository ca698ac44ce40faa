/*
 * epoch.h - when may memory that readers saw be freed?
 *
 * Readers take no lock: they enter before they follow a published pointer and
 * leave when they hold none. A writer takes the pointer out of sight and
 * retires the memory; it is freed once every reader that was inside then has
 * left.
 */
#pragma once

#include <stdbool.h>

#include "core/base/err.h"

enum { EPOCH_READERS = 160 };

struct epoch;
struct epoch_reader;

/* NULL when out of memory. */
struct epoch *epoch_new(void);

/* Frees all that is retired; no reader may be left inside. */
void epoch_free(struct epoch *e);

/* A place for one thread, for as long as E lives; NULL when all are taken. */
struct epoch_reader *epoch_join(struct epoch *e);

/* What is found between the two stays until the second. */
void epoch_enter(struct epoch_reader *r);
void epoch_leave(struct epoch_reader *r);

/* Calls FREE_(P), now or later, from some thread that retires. Any thread may
 * call; NULL is fine. */
void epoch_retire(struct epoch *e, void *p, void (*free_)(void *));
