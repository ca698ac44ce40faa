/*
 * own.h - owners are visible
 *
 * OWN(thing) on a local variable calls thing_own(&variable) when it goes out
 * of scope; every type that can be owned provides that function. give() hands
 * an owned pointer to somebody else and leaves NULL behind.
 */
#pragma once

#include <stdlib.h>

#define OWN(type) __attribute__((cleanup(type##_own)))

#define give(pointer)                                                          \
	__extension__({                                                        \
		__typeof__(pointer) own_gift_ = (pointer);                     \
		(pointer) = NULL;                                              \
		own_gift_;                                                     \
	})

/* OWN(mem) char *p: plain memory from malloc. */
static inline void
mem_own(void *p)
{
	free(*(void **)p);
}
