#include "core/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/secret.h"

enum { CHUNK = 8192 - 32 };

struct chunk {
	struct chunk *next;
	size_t size, used;
	alignas(max_align_t) unsigned char b[];
};

struct arena {
	struct chunk *top; /* the chunk being filled, older ones behind it */
	size_t taken, limit;
	bool spent;
};

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *c = malloc(sizeof(*c) + size);

	if (c != NULL) {
		c->next = NULL;
		c->size = size;
		c->used = 0;
	}
	return c;
}

struct arena *
arena_new(size_t limit)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->limit = limit;
	if ((a->top = chunk_new(CHUNK)) == NULL) {
		free(a);
		return NULL;
	}
	return a;
}

static bool
chunk_add(struct arena *a, size_t need)
{
	struct chunk *c = chunk_new(need > CHUNK ? need : CHUNK);

	if (c == NULL)
		return false;
	c->next = a->top;
	a->top = c;
	return true;
}

static void *
take(struct arena *a, size_t len)
{
	const size_t mask = alignof(max_align_t) - 1;
	void *p;

	if (len > a->limit - a->taken)
		return NULL;
	len = len == 0 ? mask + 1 : (len + mask) & ~mask;
	if (len > a->limit - a->taken)
		return NULL;
	if (len > a->top->size - a->top->used && !chunk_add(a, len))
		return NULL;
	p = a->top->b + a->top->used;
	a->top->used += len;
	a->taken += len;
	memset(p, 0, len);
	return p;
}

void *
arena_get(struct arena *a, size_t len)
{
	void *p = take(a, len);

	a->spent |= p == NULL;
	return p;
}

bool
arena_spent(const struct arena *a)
{
	return a->spent;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		total = SIZE_MAX;
	return arena_get(a, total);
}

char *
arena_copy(struct arena *a, const char *text, size_t len)
{
	char *p;

	if (len == SIZE_MAX || (p = arena_get(a, len + 1)) == NULL)
		return NULL;
	memcpy(p, text, len);
	return p;
}

char *
arena_text(struct arena *a, const char *text)
{
	return arena_copy(a, text, strlen(text));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0 && (p = arena_get(a, (size_t)n + 1)) != NULL)
		(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}

void
arena_reset(struct arena *a)
{
	struct chunk *c;

	while ((c = a->top)->next != NULL) {
		a->top = c->next;
		secret_wipe(c->b, c->used);
		free(c);
	}
	secret_wipe(c->b, c->used);
	c->used = 0;
	a->taken = 0;
	a->spent = false;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	free(a->top);
	free(a);
}
