#include "core/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/secret.h"

/* Grows by copying, not realloc, so that old octets are wiped. */
static bool
room(struct buf *b, size_t more)
{
	size_t cap;
	char *p;

	if (b->err)
		return false;
	if (more > b->max || b->len > b->max - more) {
		b->err = ERR_TOO_BIG;
		return false;
	}
	if (b->len + more < b->cap)
		return true;
	for (cap = b->cap ? b->cap : 256; cap <= b->len + more;)
		cap *= 2;
	if ((p = malloc(cap)) == NULL) {
		b->err = ERR_NO_MEMORY;
		return false;
	}
	if (b->p != NULL) {
		memcpy(p, b->p, b->len);
		secret_wipe(b->p, b->len);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_add(struct buf *b, const void *octets, size_t len)
{
	if (!room(b, len))
		return;
	if (len > 0)
		memcpy(b->p + b->len, octets, len);
	b->len += len;
	b->p[b->len] = '\0';
}

void
buf_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		b->err = b->err ? b->err : ERR_INTERNAL;
	else if (room(b, (size_t)n)) {
		(void)vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

const char *
buf_str(const struct buf *b)
{
	return b->len > 0 && b->p != NULL ? b->p : "";
}

void
buf_clear(struct buf *b)
{
	if (b->p != NULL)
		secret_wipe(b->p, b->len);
	b->len = 0;
	b->err = ERR_OK;
}

void
buf_own(struct buf *b)
{
	buf_clear(b);
	free(b->p);
	b->p = NULL;
	b->cap = 0;
}

struct reader
reader_of(const void *octets, size_t len)
{
	const uint8_t *p = octets;

	return (struct reader){.p = p, .end = p == NULL ? NULL : p + len};
}

bool
reader_ok(const struct reader *r)
{
	return !r->bad;
}

size_t
reader_left(const struct reader *r)
{
	return r->bad || r->p == NULL ? 0 : (size_t)(r->end - r->p);
}

const uint8_t *
reader_take(struct reader *r, size_t len)
{
	const uint8_t *at = r->p;

	if (len > reader_left(r)) {
		r->bad = true;
		return NULL;
	}
	r->p += len;
	return at;
}

static uint64_t
big_endian(struct reader *r, size_t len)
{
	const uint8_t *p = reader_take(r, len);
	uint64_t v = 0;

	for (size_t i = 0; p != NULL && i < len; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t
reader_u8(struct reader *r)
{
	return (uint8_t)big_endian(r, 1);
}

uint16_t
reader_be16(struct reader *r)
{
	return (uint16_t)big_endian(r, 2);
}

uint32_t
reader_be32(struct reader *r)
{
	return (uint32_t)big_endian(r, 4);
}

uint64_t
reader_be64(struct reader *r)
{
	return big_endian(r, 8);
}
