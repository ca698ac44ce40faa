/*
 * server.h - RADIUS over TLS: a thread that answers access points' connections
 *
 * What comes by a connection takes the same path as a datagram (receiver.h);
 * who sent it was proven by TLS. RFC 6614 with TLS 1.2 and 1.3, TLS-PSK by
 * RFC 9813, RADIUS/1.1 by RFC 9765.
 */
#pragma once

#include "radius/serve/run.h"

struct server;

/* Reads the files while we still may. *OUT stays NULL when no socket of S is
 * for TLS; S must outlive it. CONFIG with the reason in WHY. */
MUST_USE enum err server_new(const struct conf *conf, const struct sockets *s,
    struct server **out, char why[static CONF_WHY]);
void server_free(struct server *s);

/* To be run; S may be NULL. */
struct run_part server_part(struct server *s);
