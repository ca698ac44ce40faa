/*
 * dups.h - the same question gets the same answer
 *
 * A retransmission (same source, port, identifier and Request Authenticator,
 * RFC 5080 2.2.2) is answered with the same octets, or dropped while the
 * answer is being made. A new authenticator under the same identifier is a new
 * request and replaces the old one. One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "radius/wire/packet.h"

enum {
	DUPS_ENTRIES = 1 << 14,
	DUPS_WAYS = 4,
	DUPS_MEMORY = 8 << 20,
	DUPS_SECONDS = 30,
};

struct dups;

/* Where one request is kept. Good as long as `turn` has not moved. */
struct dup_ref {
	uint32_t at, turn;
};

enum dup_is { DUP_NEW, DUP_PENDING, DUP_ANSWERED };

struct dups *dups_new(void); /* NULL when out of memory */
void dups_free(struct dups *d);

/* Whose request it is, hashed. */
struct dup_name {
	uint64_t hash;
	uint8_t addr[16];
	uint32_t scope, flow; /* of IPv6; a connection and its request */
	uint16_t port;
	uint8_t id, code;
	uint32_t zero; /* for no padding: it is hashed whole */
};

struct dup_name
dups_name(const struct sockaddr_storage *from, const struct packet *p);

/* Fetches what dups_see() will look at into the processor's caches: first
 * where to look, for all of a batch, then what is there. */
void dups_near(const struct dups *d, const struct dup_name *n);
void dups_nearer(const struct dups *d, const struct dup_name *n);

/* Is this request new? Then REF is where its answer will be kept. ANSWERED:
 * OUT is the answer, borrowed until the next call. MARK: answers kept with
 * another mark are made again. NOW is monotonic, in nanoseconds. */
enum dup_is
dups_see(struct dups *d, const struct dup_name *n, const struct packet *p,
    uint64_t mark, int64_t now, struct dup_ref *ref, struct slice *out);

/* Keeps the answer; false when another request has taken the place, and the
 * answer is no longer wanted. */
bool dups_answer(
    struct dups *d, struct dup_ref ref, uint64_t mark, struct slice answer);

/* Nothing will be answered: a retransmission is a new request. */
void dups_forget(struct dups *d, struct dup_ref ref);
