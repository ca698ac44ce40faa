/*
 * envelope.h - a letter as the octets that the outbox keeps
 *
 * Members in JSON, a NUL, and the octets of the file, if there is one.
 */
#pragma once

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/net/mail.h"

/* TOO_BIG when B is too small. */
MUST_USE enum err envelope_seal(const struct mail *m, struct buf *b);

/* Texts and file are copied to the arena or point into OCTETS. CORRUPT for
 * what envelope_seal() did not write; NO_MEMORY, which passes. */
MUST_USE enum err envelope_open(
    const void *octets, size_t len, struct arena *a, struct mail *out);

enum { ENVELOPE_MASK = 80 };

/* `a...@example.org` of an address, `...4711` of a telephone number: enough to
 * recognise, not enough to use. */
void envelope_mask(const char *address, char out[static ENVELOPE_MASK]);
