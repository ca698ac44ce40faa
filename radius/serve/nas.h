/*
 * nas.h - what an access point calls itself, and the session, in a request
 *
 * Kept as it came, to be sent back with a Disconnect-Request (RFC 5176 3), so
 * what cannot be is left out rather than shortened. Each writes "" when there
 * is none.
 */
#pragma once

#include <netinet/in.h>

#include "radius/wire/packet.h"

/* Printable text that fits. */
void nas_exact(const struct packet *p, uint8_t type, char *out, size_t size);

/* NAS-IP-Address. */
void nas_address(const struct packet *p, char out[static INET_ADDRSTRLEN]);
