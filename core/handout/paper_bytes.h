/*
 * paper_bytes.h - characters as the octets a PDF font is addressed with
 *
 * A font of which only Western characters are used is addressed by single
 * octets (code page 1252), which makes a document a third as large and ten
 * times as fast to write; any other by UTF-8.
 */
#pragma once

#include "core/handout/ttf.h"

/* Are all characters that were used such ones? */
bool paper_bytes_enough(const struct ttf_used *u);

/* OUT has room for 3 * N + 1. */
void paper_bytes(const struct ttf_used *u, const uint32_t *c, size_t n,
    bool single, char *out);

/* N characters as the octets of a text string in hexadecimal (ISO 32000-1
 * 7.9.2.2); OUT has room for PAPER_HEX(N). */
#define PAPER_HEX(n) (8 * (n) + 5)
void paper_bytes_hex(const uint32_t *c, size_t n, char *out);
