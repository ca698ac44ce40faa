/*
 * mint.h - make a new Wi-Fi passphrase
 *
 * Either groups of four characters (`k7mq-x3wd-9ptc-hv4e`) from an alphabet
 * without 0 o 1 l i, or words from a list, joined by hyphens, so that a person
 * can read it from paper and type it on a television. WPA wants 8 to 63
 * characters.
 */
#pragma once

#include "core/base/err.h"
#include "core/base/secret.h"
#include "core/model/term.h"

enum {
	MINT_MAX = 63,
	MINT_BITS_MIN = 60,
	MINT_GROUP = 4, /* characters of a group */
	MINT_GROUPS = 4,
	MINT_GROUPS_MIN = 4, /* three have 59.4 bits */
	MINT_GROUPS_MAX = 12,
	MINT_WORDS = 5,
	MINT_WORDS_MIN = 5, /* four have 51.7 bits */
	MINT_WORDS_MAX = 6  /* seven may exceed 63 characters */
};

#define MINT_ALPHABET "abcdefghjkmnpqrstuvwxyz23456789"

struct mint_plan {
	enum style style;
	int count; /* groups or words; 0: the default of the style */
};

/* The entropy of what the plan mints, in bits; 0 when out of range. */
double mint_bits(const struct mint_plan *plan);

/* Writes a fresh passphrase to OUT. BAD_INPUT when the plan is out of range
 * (below MINT_BITS_MIN, or too long for WPA); OUT is then empty. */
MUST_USE enum err
mint_passphrase(const struct mint_plan *plan, struct secret *out);
