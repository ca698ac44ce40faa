/*
 * meagre.h - an arena that has nothing left, at any of the places that ask
 *
 * For one file of a test program: what takes memory of a request stands here in
 * front of the real ones. meagre() is asked each time, and says whether there
 * is none this time.
 */
#pragma once

#include "core/base/arena.h"

static bool meagre(void);
void *meagre_real_get(struct arena *a, size_t len);
void *meagre_real_array(struct arena *a, size_t count, size_t size);
char *meagre_real_copy(struct arena *a, const char *text, size_t len);
char *meagre_real_text(struct arena *a, const char *text);
char *meagre_real_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#define arena_get meagre_real_get
#define arena_array meagre_real_array
#define arena_copy meagre_real_copy
#define arena_text meagre_real_text
#define arena_printf meagre_real_printf
#include "core/base/arena.c"
#undef arena_get
#undef arena_array
#undef arena_copy
#undef arena_text
#undef arena_printf

static bool
meagre_now(struct arena *a)
{
	bool none = meagre();

	a->spent |= none;
	return none;
}

void *
arena_get(struct arena *a, size_t len)
{
	return meagre_now(a) ? NULL : meagre_real_get(a, len);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	return meagre_now(a) ? NULL : meagre_real_array(a, count, size);
}

char *
arena_copy(struct arena *a, const char *text, size_t len)
{
	return meagre_now(a) ? NULL : meagre_real_copy(a, text, len);
}

char *
arena_text(struct arena *a, const char *text)
{
	return meagre_now(a) ? NULL : meagre_real_text(a, text);
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	char *text = NULL, *p = NULL;
	va_list ap;

	if (meagre_now(a))
		return NULL;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		p = meagre_real_text(a, text);
	va_end(ap);
	free(text);
	return p;
}
