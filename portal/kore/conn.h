/*
 * conn.h - one client's connection, from handshake to goodbye
 *
 * Kore accepts, does the TLS handshake and says when octets can move; from
 * then on the connection is ours. It is always in exactly one state, every
 * state has a deadline, and everything the client did not do exactly right
 * ends in app_refuse() and a closed connection.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "portal/kore/pool.h"

struct conf;
struct connection;

enum {
	CONN_HEADER_MS =
	    10 * 1000, /* from the first octet of a head to its end */
	CONN_BODY_MS = 30 * 1000,
	CONN_IDLE_MS = 20 * 1000,  /* between requests */
	CONN_SEND_MS = 30 * 1000,  /* and one second more per 16 KiB */
	CONN_LINGER_MS = 2 * 1000, /* for what is on the wire when we hang up */
	CONN_DRAIN_MS = 8 * 1000,  /* to finish requests when told to stop */
	CONN_BODIES_MAX = 64
			  << 20, /* octets of bodies in memory, all together */
};

/* In a worker, once. */
void conn_start(const struct conf *conf, struct app *app, struct pool *pool);

/* Kore's callback for a connection whose handshake is done. */
void conn_open(struct connection *c);

/* Sends the answers of JOBS, as pool_done() lists them. */
void conn_answered(struct job *jobs);

/* Ends what has used up its time. */
void conn_sweep(void);

/* No new requests; true when none is left, or the time for it is up. */
bool conn_drained(void);

/* Ends up to MOST connections that nobody would miss: the oldest of those that
 * never asked anything, then idle ones, then those that dawdle. */
void conn_evict(size_t most);
