/*
 * sockets.h - the sockets packets come in by
 *
 * Inherited from whoever started us (sd_listen_fds(3): `auth` and `acct`), so
 * that a restart loses no packet; or bound here, several to one port so that
 * each thread has its own.
 */
#pragma once

#include <stddef.h>

#include "core/conf/conf.h"

enum { SOCKETS_MAX = 64 };

struct sockets {
	int fd[SOCKETS_MAX];
	bool accounting[SOCKETS_MAX];
	size_t n;
};

/* CONFIG or IO, with the reason in WHY. THREADS sockets for each address and
 * the authentication port, one for accounting. */
MUST_USE enum err sockets_open(const struct conf *conf, int threads,
    struct sockets *out, char why[static CONF_WHY]);

void sockets_close(struct sockets *s);
