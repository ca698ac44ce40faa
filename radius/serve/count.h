/*
 * count.h - what happened how often
 *
 * Every receiving thread counts for itself, so that counting costs nothing;
 * whoever wants to know adds them up.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "core/base/buf.h"

enum count {
#define COUNT(symbol, name, text) COUNT_##symbol,
#include "radius/serve/count.def"
#undef COUNT
	COUNTS
};

struct counts {
	_Alignas(64) _Atomic uint64_t v[COUNTS];
};

/* Only the thread that owns C may call. */
static inline void
count_add(struct counts *c, enum count what, uint64_t n)
{
	uint64_t was = atomic_load_explicit(&c->v[what], memory_order_relaxed);

	atomic_store_explicit(&c->v[what], was + n, memory_order_relaxed);
}

/* Prometheus text of the sums of N of them. */
void count_text(struct buf *b, struct counts *const *c, size_t n);
