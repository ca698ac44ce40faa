/*
 * token.h - random values that open something
 *
 * 256 random bits as base64url. The bearer keeps the text, the store keeps
 * its SHA-256, so that reading the store opens nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/secret.h"

enum {
	TOKEN_OCTETS = 32,
	TOKEN_LEN = 43,
	TOKEN_HASH = 32,
	TOKEN_DIGITS_MAX = 12
};

/* A fresh token; secret_text() is its text of TOKEN_LEN characters. */
void token_new(struct secret *out);

/* The hash under which TEXT is stored. BAD_INPUT for anything that is not
 * the text of a token. */
MUST_USE enum err token_hash(const char *text, uint8_t out[static TOKEN_HASH]);

/* The same to find what somebody shows: NOT_FOUND for anything that is not the
 * text of a token. */
MUST_USE enum err
token_sought(const char *text, uint8_t out[static TOKEN_HASH]);

/* N decimal digits (1 .. TOKEN_DIGITS_MAX), each equally likely, for codes
 * that a person types. Store only keyed hashes of those. */
void token_digits(char *out, int n);
