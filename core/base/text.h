/*
 * text.h - text at the door: UTF-8, hex, base64url
 *
 * Text is checked as UTF-8 where it enters and is a plain C string after that.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Well-formed UTF-8 (no surrogates, no overlong forms, no NUL). */
bool text_utf8_ok(const char *t, size_t len);

/* The next code point at *T (well-formed UTF-8), moving *T past it; 0 at the
 * end. */
uint32_t text_next(const char **t);

/* Writes CP as UTF-8 with a NUL behind it. */
void text_of(uint32_t cp, char out[static 5]);

/*
 * A name a person typed: trims spaces at both ends, in place, and refuses
 * control characters, bidi controls and zero-width characters, malformed
 * UTF-8, an empty result, and more than MAX octets.
 */
bool text_name(char *t, size_t max);

/* 0..15, or -1. */
int text_hex_digit(char c);

/* Lower-case hex; OUT has room for 2 * LEN + 1. */
void text_to_hex(const void *octets, size_t len, char *out);

/* Exactly LEN octets from 2 * LEN hex digits. */
bool text_from_hex(const char *t, void *out, size_t len);

/* base64url without padding (RFC 4648 5); OUT has room for
 * TEXT_B64_LEN(LEN) + 1. */
#define TEXT_B64_LEN(len) (((len)*4 + 2) / 3)
void text_to_b64url(const void *octets, size_t len, char *out);

/* Strict base64url: no padding, no white space, canonical trailing bits. Puts
 * the octet count in *LEN; false when malformed or over MAX. */
bool text_from_b64url(
    const char *t, size_t tlen, void *out, size_t max, size_t *len);

/* Copies with truncation at a code point boundary; always terminates. */
void text_copy(char *out, size_t size, const char *t);

/* A whole decimal number without sign, blanks or leading zeros (but "0"),
 * within MIN..MAX. */
bool text_int(const char *t, int64_t min, int64_t max, int64_t *out);
