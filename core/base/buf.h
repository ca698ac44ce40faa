/*
 * buf.h - a growing buffer with a limit, and a reader that latches
 *
 * Appending never fails loudly: the first failure is kept in `err` and later
 * appends do nothing, so a writer checks once, at the end. Reading past the
 * end latches in the same way: check reader_ok() once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/own.h"

struct buf {
	char *p; /* NUL-terminated while err is OK and len > 0 */
	size_t len, cap, max;
	enum err err;
};

/* BUF(limit): an empty buffer that refuses to grow past LIMIT octets. */
#define BUF(limit) ((struct buf){.max = (limit)})

void buf_add(struct buf *b, const void *octets, size_t len);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The text so far, "" when nothing was written; never NULL. */
const char *buf_str(const struct buf *b);

/* Forgets the content (wiped) and the latched error, keeps the memory. */
void buf_clear(struct buf *b);

/* Wipes and frees. */
void buf_own(struct buf *b);

struct reader {
	const uint8_t *p, *end;
	bool bad;
};

struct reader reader_of(const void *octets, size_t len);
bool reader_ok(const struct reader *r);
size_t reader_left(const struct reader *r);
uint8_t reader_u8(struct reader *r);
uint16_t reader_be16(struct reader *r);
uint32_t reader_be32(struct reader *r);
uint64_t reader_be64(struct reader *r);

/* LEN octets in place, or NULL (and latched) when fewer are left. */
const uint8_t *reader_take(struct reader *r, size_t len);
