/*
 * logo.h - the operator's picture, for sheets and pages
 *
 * A PNG of the configuration, read once. What is transparent in it is white on
 * paper.
 */
#pragma once

#include "core/base/err.h"
#include "core/base/own.h"

#include <stddef.h>
#include <stdint.h>

enum {
	LOGO_FILE_MAX = 256 * 1024,
	LOGO_SIDE_MAX = 2000, /* pixels */
	LOGO_WHY = 300,
};

struct logo {
	int w, h;     /* pixels */
	uint8_t *rgb; /* 3 * w * h octets */
	uint8_t *png; /* the file */
	size_t len;   /* of it */
};

/* Reads LEN octets of PNG, which are copied. BAD_INPUT: not a PNG, or damaged;
 * TOO_BIG: in octets or pixels. OUT is the caller's, to be freed. */
MUST_USE enum err logo_read(const void *png, size_t len, struct logo **out);

/* The same from a file; WHY says what is wrong with it. */
MUST_USE enum err
logo_load(const char *path, struct logo **out, char why[static LOGO_WHY]);

void logo_free(struct logo *l);

static inline void
logo_own(struct logo **l)
{
	logo_free(*l);
}
