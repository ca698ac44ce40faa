/*
 * uid.h - the name of a thing outside the program
 *
 * 128 random bits as 26 characters of lower-case Crockford base 32, so that
 * it survives URLs, double clicks and being read aloud.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { UID_LEN = 26 };

struct uid {
	char s[UID_LEN + 1];
};

#define UID_NONE ((struct uid){{0}})

/* A new one, by chance alone. */
struct uid uid_new(void);

/* The one that RAW says, 5 bits of each octet: for what is found by a hash. */
struct uid uid_from(const uint8_t raw[static UID_LEN]);

/* True when TEXT is a well-formed uid; OUT is it, otherwise UID_NONE. */
bool uid_parse(const char *text, struct uid *out);

bool uid_is_none(const struct uid *id);
bool uid_same(const struct uid *a, const struct uid *b);
