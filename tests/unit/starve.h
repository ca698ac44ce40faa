/*
 * starve.h - every allocation fails once, ours and those of the libraries
 *
 * For one file of a test program: malloc() and its kin stand in front of
 * glibc's, and the one that is number starve_in from now on gives nothing;
 * `starved` says whether it came to that.
 */
#pragma once

#include "tests/unit/test.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* glibc's own. What ours look at is volatile, as the compiler knows that
 * malloc() looks at nothing of ours. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static _Thread_local volatile long starve_in; /* 0: none fails */
static _Thread_local volatile bool starved;

#ifndef SANITIZED /* which has an allocator of its own */
static bool
starve_now(void)
{
	if (starve_in == 0 || --starve_in > 0)
		return false;
	starved = true;
	return true;
}

void *
malloc(size_t n)
{
	return starve_now() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return starve_now() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return starve_now() ? NULL : __libc_realloc(p, n);
}

void *
aligned_alloc(size_t align, size_t n)
{
	return starve_now() ? NULL : __libc_memalign(align, n);
}
#endif

/* What ACT answers when the allocation that is number N fails; *CAME says
 * whether it came to that. */
static inline enum err
starve_at(long n, enum err (*act)(void), bool *came)
{
	enum err e;

	starved = false;
	starve_in = n;
	e = act();
	starve_in = 0;
	*came = starved;
	return e;
}

/* Does ACT with each of its allocations failing, once it went well; how often
 * it told: NO_MEMORY, or ALSO. */
static inline int
starve_each(enum err (*act)(void), enum err also)
{
	int told = 0;

	assert_ok(act());
	for (long n = 1;; n++) {
		bool came;
		enum err e = starve_at(n, act, &came);

		if (!came)
			return told;
		if (e != ERR_OK && e != ERR_NO_MEMORY && e != also)
			fail_msg("allocation %ld: %s", n, err_name(e));
		told += e != ERR_OK;
	}
}

/* Is malloc() ours? Not under a sanitizer, nor for valgrind, which stands in
 * front of any: it is asked by address, for a call might be ours put in line.
 */
static inline bool
starve_in_front(void)
{
	void *(*volatile get)(size_t) = malloc;
	void *volatile p; /* the compiler knows malloc(), but not ours */

	starve_in = 1;
	p = get(1);
	starve_in = 0;
	free(p);
	return p == NULL;
}
