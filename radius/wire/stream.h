/*
 * stream.h - packets in a run of octets, as TCP and TLS bring them
 *
 * RFC 6613 2.6.4: the header's length says where a packet ends; one that
 * cannot be right ends the connection, as nobody knows where the next begins.
 */
#pragma once

#include "radius/wire/packet.h"

enum stream_is { STREAM_MORE, STREAM_PACKET, STREAM_BROKEN };

/* What the LEN octets at P begin with; the packet is *WHOLE octets. */
enum stream_is stream_next(const uint8_t *p, size_t len, size_t *whole);
