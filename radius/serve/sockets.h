/*
 * sockets.h - the sockets packets come in by
 *
 * Inherited from whoever started us (sd_listen_fds(3): `auth`, `acct` and
 * `tls`), so that a restart loses no packet; or bound here, several to one port
 * so that each thread has its own.
 */
#pragma once

#include <stddef.h>

#include "core/conf/conf.h"

enum { SOCKETS_MAX = 64 };

enum socket_use { SOCKET_AUTH, SOCKET_ACCT, SOCKET_TLS };

struct sockets {
	int fd[SOCKETS_MAX];
	enum socket_use use[SOCKETS_MAX];
	size_t n;
};

/* CONFIG or IO, with the reason in WHY. THREADS sockets for each address and
 * the authentication port, one for accounting; one that listens for each of
 * radsec.listen. */
MUST_USE enum err sockets_open(const struct conf *conf, int threads,
    struct sockets *out, char why[static CONF_WHY]);

/* Is there one for USE? */
bool sockets_have(const struct sockets *s, enum socket_use use);
void sockets_close(struct sockets *s);
