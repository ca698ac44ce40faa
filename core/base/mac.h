/*
 * mac.h - the 48-bit address of a station or an access point
 *
 * Access points write it in a dozen ways; inside the program there is one:
 * six octets, and in text `02-aa-00-00-00-01`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAC_TEXT = 18 };

struct mac {
	uint8_t b[6];
};

/*
 * Reads 12 hex digits of any case with no separators, or with `-`, `:` or `.`
 * between groups of 2 or 4 digits. Refuses all-zero and multicast addresses,
 * which no station has. USED, when not NULL, gets the characters consumed and
 * more may follow; when NULL the whole text must be the address.
 */
bool mac_parse(const char *text, size_t len, struct mac *out, size_t *used);

/* As 02-aa-00-00-00-01. */
void mac_text(const struct mac *m, char out[static MAC_TEXT]);

bool mac_same(const struct mac *a, const struct mac *b);

/* Locally administered, as randomised ("private") addresses are. */
bool mac_is_random(const struct mac *m);
