/*
 * server_in.h - what the files of the server share
 *
 * server.c begins, ends and takes turns; server_conn.c does in a turn what one
 * connection wants.
 */
#pragma once

#include "radius/radsec/peer.h"
#include "radius/radsec/server.h"
#include "radius/serve/receiver.h"

#define SERVER_SECOND INT64_C(1000000000)

struct server {
	const struct sockets *sockets;
	struct state *st;
	struct tls *tls;
	struct receiver *r;
	struct receiver_way way;
	struct shared shared; /* RFC 6614 2.3: everybody's */
	struct arrival arrival;
	struct pool pool;
	struct pollfd fd[SOCKETS_MAX + 1 + POOL_MAX];
	size_t slot[POOL_MAX]; /* of what is polled, in order */
	size_t listening, polled, turn;
	int64_t swept, full_until; /* full: of descriptors or memory */
	struct {
		int64_t last;
		uint64_t unsaid;
	} refusal;
	pthread_t thread;
	bool running;
};

/* Fills what is to be polled; returns for how long (ms). */
int server_ask(struct server *s);

/* Takes those who wait at the socket LISTENING, some of them. */
void server_take(struct server *s, int listening);

/* What poll() said of connection I; a handshake goes on while there are
 * HANDSHAKES left. */
void server_serve(struct server *s, size_t i, short events, int *handshakes);

/* Sends what was answered. */
void server_say(struct server *s);

/* Ends those whose time is over, and those who are no longer who they were;
 * CHANGED: certificates are others now. */
void server_sweep(struct server *s, bool changed);
