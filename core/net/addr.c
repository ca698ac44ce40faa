#include "core/net/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct net4 {
	uint32_t net;
	int bits;
	enum addr_kind kind;
};

struct net6 {
	uint8_t net[16];
	int bits;
	int carries; /* offset of an IPv4 address inside, -1 when none */
	enum addr_kind kind;
};

/* IANA special-purpose registry (RFC 6890) */
static const struct net4 nets4[] = {
    {0x00000000, 8, ADDR_NEVER},    /* this network */
    {0x0a000000, 8, ADDR_PRIVATE},  /* RFC 1918 */
    {0x64400000, 10, ADDR_PRIVATE}, /* RFC 6598 */
    {0x7f000000, 8, ADDR_LOOPBACK}, /* RFC 1122 */
    {0xa9fe0000, 16, ADDR_NEVER},   /* link-local, metadata of clouds */
    {0xac100000, 12, ADDR_PRIVATE}, /* RFC 1918 */
    {0xc0000000, 24, ADDR_NEVER},   /* protocol assignments */
    {0xc0000200, 24, ADDR_NEVER},   /* documentation */
    {0xc0a80000, 16, ADDR_PRIVATE}, /* RFC 1918 */
    {0xc6120000, 15, ADDR_NEVER},   /* benchmarks */
    {0xc6336400, 24, ADDR_NEVER},   /* documentation */
    {0xcb007100, 24, ADDR_NEVER},   /* documentation */
    {0xe0000000, 4, ADDR_NEVER},    /* multicast */
    {0xf0000000, 4, ADDR_NEVER},    /* reserved, broadcast */
};

static const struct net6 nets6[] = {
    {{[15] = 1}, 128, -1, ADDR_LOOPBACK},
    {{[10] = 0xff, 0xff}, 96, 12, ADDR_PUBLIC},          /* v4-mapped */
    {{0}, 96, -1, ADDR_NEVER},                           /* ::, v4-compatible */
    {{0, 0x64, 0xff, 0x9b}, 96, 12, ADDR_PUBLIC},        /* NAT64 RFC 6052 */
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, -1, ADDR_PRIVATE}, /* RFC 8215 */
    {{1}, 64, -1, ADDR_NEVER},                           /* discard */
    {{0x20, 0x02}, 16, 2, ADDR_PUBLIC},                  /* 6to4 */
    {{0x20, 0x01, 0, 0}, 32, -1, ADDR_NEVER},            /* Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, -1, ADDR_NEVER},      /* documentation */
    {{0xfc}, 7, -1, ADDR_PRIVATE},                       /* RFC 4193 */
    {{0xfe, 0x80}, 10, -1, ADDR_NEVER},                  /* link-local */
    {{0xfe, 0xc0}, 10, -1, ADDR_NEVER},                  /* site-local */
    {{0xff}, 8, -1, ADDR_NEVER},                         /* multicast */
};

static enum addr_kind
kind4(uint32_t a)
{
	for (size_t i = 0; i < sizeof(nets4) / sizeof(*nets4); i++) {
		uint32_t mask = ~(uint32_t)0 << (32 - nets4[i].bits);

		if ((a & mask) == nets4[i].net)
			return nets4[i].kind;
	}
	return ADDR_PUBLIC;
}

static bool
within(const uint8_t *a, const struct net6 *n)
{
	int whole = n->bits / 8, rest = n->bits % 8;

	if (memcmp(a, n->net, (size_t)whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ n->net[whole]) >> (8 - rest)) == 0;
}

static enum addr_kind
kind6(const uint8_t *a)
{
	for (size_t i = 0; i < sizeof(nets6) / sizeof(*nets6); i++) {
		const struct net6 *n = &nets6[i];

		if (!within(a, n))
			continue;
		if (n->carries < 0)
			return n->kind;
		a += n->carries;
		return kind4((uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 |
			     (uint32_t)a[2] << 8 | a[3]);
	}
	return ADDR_PUBLIC;
}

enum addr_kind
addr_kind(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, sa, sizeof(v4));
		return kind4(ntohl(v4.sin_addr.s_addr));
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, sa, sizeof(v6));
		return kind6(v6.sin6_addr.s6_addr);
	}
	return ADDR_NEVER;
}

enum addr_kind
addr_kind_text(const char *ip)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, ip, &v4) == 1)
		return kind4(ntohl(v4.s_addr));
	if (inet_pton(AF_INET6, ip, &v6) == 1)
		return kind6(v6.s6_addr);
	return ADDR_NEVER;
}
