/*
 * addr.h - what sort of place an address is
 *
 * Something that fetches what others name must not be talked into reaching
 * the machine itself or its neighbours. Addresses that carry another inside
 * (v4-mapped, NAT64, 6to4) count as what they carry.
 */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

enum addr_kind {
	ADDR_PUBLIC,
	ADDR_LOOPBACK, /* 127/8, ::1 */
	ADDR_PRIVATE,  /* RFC 1918, RFC 6598, RFC 4193 */
	ADDR_NEVER, /* link-local, multicast, reserved, unspecified, not IP */
};

enum addr_kind addr_kind(const struct sockaddr *sa);

/* The same for its text form; ADDR_NEVER when it is none. */
enum addr_kind addr_kind_text(const char *ip);
