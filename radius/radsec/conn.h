/*
 * conn.h - one connection of an access point
 *
 * Octets in, packets out, and back; nothing in it blocks, and nothing in it
 * grows: a peer that sends too fast is read later, one that reads nothing is
 * closed.
 */
#pragma once

#include <netinet/in.h>

#include "radius/radsec/tls.h"
#include "radius/wire/stream.h"

enum {
	CONN_OUT = 64 << 10,      /* answers that wait to be read */
	CONN_OUT_FULL = 16 << 10, /* above this, no more requests are read */
	CONN_WAITING = 64,        /* requests that wait for their answer */
	CONN_PACKETS = 32,        /* read in one go, so that all get a turn */
	CONN_SHAKE_SECONDS = 10,
	CONN_STALL_SECONDS = 10, /* without taking an octet of an answer */
	CONN_SILENT_SECONDS = 3600,
	CONN_PARTIAL_SECONDS = 30, /* a packet may take to arrive */
};

enum conn_is { CONN_FREE, CONN_SHAKING, CONN_OPEN };

struct conn {
	enum conn_is is;
	int fd;
	SSL *ssl;
	uint32_t serial; /* of all connections ever; never 0 */
	uint32_t requests;
	struct sockaddr_in6 from; /* IPv4 is mapped */
	struct uid psk;
	struct tls_peer peer;
	int64_t since, heard, moved, part; /* monotonic; part: 0 none begun */
	unsigned waiting;
	bool wants_write; /* TLS cannot go on without */
	bool full;        /* there was no room for an answer */
	size_t in_len, out_at, out_len, out_most;
	uint8_t in[PACKET_MAX];
	uint8_t *out; /* CONN_OUT octets, with the first answer; NULL before */
};

/* Takes FD, which is closed with it. False when out of memory; FD is then
 * closed. */
bool conn_open(struct conn *c, struct tls *t, int fd,
    const struct sockaddr_storage *from, uint32_t serial, int64_t mono);
void conn_close(struct conn *c);

/* What to wait for, as poll(2) has it. */
short conn_events(const struct conn *c);

/* There may be more to read than poll(2) knows of. */
bool conn_ready(const struct conn *c);

enum conn_went { CONN_WAIT, CONN_DONE, CONN_GONE };

/* Goes on with the handshake; DONE when it ended well. */
enum conn_went conn_shake(struct conn *c);

/* Reads as much as there is room for. GONE when the other end is. */
enum conn_went conn_read(struct conn *c, int64_t mono);

/* The packet that begins at *AT of what was read; moves past it. */
enum stream_is conn_next(struct conn *c, size_t *at, struct slice *out);

/* Forgets the first N octets of what was read. */
void conn_used(struct conn *c, size_t n, int64_t mono);

/* Room for more requests? */
bool conn_hungry(const struct conn *c);

/* Keeps an answer to be sent; false when there is no room. */
bool
conn_answer(struct conn *c, const uint8_t *octets, size_t len, int64_t mono);

/* Sends what there is. GONE when the other end is. */
enum conn_went conn_write(struct conn *c, int64_t mono);

/* It has had its time. */
bool conn_late(const struct conn *c, int64_t mono);
