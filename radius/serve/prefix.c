#include "radius/serve/prefix.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

enum { BITS = 128, MAPPED = 96 };

static void
map4(const void *four, uint8_t out[16])
{
	memset(out, 0, 10);
	out[10] = out[11] = 0xff;
	memcpy(out + 12, four, 4);
}

/* Clears what is behind BITS_ bits; true when nothing was there. */
static bool
cut(uint8_t b[16], unsigned bits)
{
	uint8_t was = 0;

	for (unsigned i = 0; i < 16; i++) {
		unsigned keep = bits > i * 8 ? bits - i * 8 : 0;
		uint8_t mask =
		    (uint8_t)(keep >= 8 ? 0xff : 0xff00U >> keep & 0xff);

		was |= (uint8_t)(b[i] & ~mask);
		b[i] &= mask;
	}
	return was == 0;
}

enum err
prefix_parse(const char *text, struct prefix *out)
{
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	char host[INET6_ADDRSTRLEN];
	struct in_addr four;
	bool is4;
	int64_t bits;

	*out = (struct prefix){.bits = 0};
	if (len >= sizeof(host))
		return ERR_BAD_INPUT;
	memcpy(host, text, len);
	host[len] = '\0';
	is4 = inet_pton(AF_INET, host, &four) == 1;
	if (is4)
		map4(&four, out->b);
	else if (inet_pton(AF_INET6, host, out->b) != 1)
		return ERR_BAD_INPUT;
	bits = is4 ? 32 : BITS;
	if (slash != NULL && !text_int(slash + 1, 0, bits, &bits))
		return ERR_BAD_INPUT;
	out->bits = (uint8_t)(is4 ? bits + MAPPED : bits);
	return cut(out->b, out->bits) ? ERR_OK : ERR_BAD_INPUT;
}

static int
order(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;

	if (x->bits != y->bits)
		return x->bits > y->bits ? -1 : 1;
	return memcmp(x->b, y->b, sizeof(x->b));
}

void
prefix_set(struct prefix_set *set, struct prefix *v, size_t n)
{
	size_t at = 0;

	if (n > 1)
		qsort(v, n, sizeof(*v), order);
	*set = (struct prefix_set){.v = v, .n = n};
	for (size_t i = 0; i <= BITS; i++) {
		set->start[i] = at;
		if (at < n && v[at].bits == BITS - i)
			set->used[set->lengths++] = (uint8_t)i;
		while (at < n && v[at].bits == BITS - i)
			at++;
	}
	set->start[BITS + 1] = n;
}

static void *
among(const struct prefix *v, size_t n, const uint8_t key[16])
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(v[mid].b, key, 16) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && memcmp(v[low].b, key, 16) == 0 ? v[low].value : NULL;
}

void *
prefix_find(const struct prefix_set *set, const uint8_t addr[16])
{
	uint8_t key[16];

	memcpy(key, addr, sizeof(key));
	for (size_t k = 0; k < set->lengths; k++) {
		size_t i = set->used[k], from = set->start[i];
		size_t n = set->start[i + 1] - from;
		void *found;

		(void)cut(key, (unsigned)(BITS - i));
		if ((found = among(set->v + from, n, key)) != NULL)
			return found;
	}
	return NULL;
}

void
prefix_addr(const struct sockaddr_storage *from, uint8_t out[16])
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	memset(out, 0, 16);
	if (from->ss_family == AF_INET) {
		memcpy(&in, from, sizeof(in));
		map4(&in.sin_addr, out);
	} else if (from->ss_family == AF_INET6) {
		memcpy(&in6, from, sizeof(in6));
		memcpy(out, &in6.sin6_addr, 16);
	}
}
