/*
 * prefix.h - the longest address prefix that holds an address
 *
 * IPv4 is kept as v4-mapped IPv6, so that an access point is the same one
 * whichever socket it reached. Built once, then only read.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct prefix {
	uint8_t b[16]; /* the rest is zero */
	uint8_t bits;  /* 0..128 */
	void *value;
};

struct prefix_set {
	struct prefix *v; /* longest first, then by octets */
	size_t n;
	size_t start[130]; /* of each length: start[128 - bits] */
	uint8_t used[129]; /* 128 - bits of the lengths there are, in order */
	size_t lengths;
};

/* "192.0.2.0/24", "192.0.2.7", "2001:db8::/64". BAD_INPUT for anything else,
 * and for a prefix with bits set behind its length. */
MUST_USE enum err prefix_parse(const char *text, struct prefix *out);

/* Sorts V (N of them, borrowed) into SET. Of equal prefixes the first wins. */
void prefix_set(struct prefix_set *set, struct prefix *v, size_t n);

/* The value of the longest prefix that holds ADDR, or NULL. */
void *prefix_find(const struct prefix_set *set, const uint8_t addr[16]);

/* The 16 octets of a socket address, v4 mapped. */
void prefix_addr(const struct sockaddr_storage *from, uint8_t out[16]);
