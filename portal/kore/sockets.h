/*
 * sockets.h - the listening sockets, inherited or bound
 *
 * A supervisor that owns the sockets (systemd, `latchkey run`) hands them over
 * as LISTEN_FDS (sd_listen_fds(3)), named `https`, or `http` for those without
 * TLS; without one they are bound here, by portal.listen, portal.port and
 * captive.http_port.
 */
#pragma once

#include <stddef.h>

#include "core/base/err.h"
#include "core/conf/conf.h"

enum { SOCKETS_MAX = 32, SOCKETS_BACKLOG = 4096 };

struct sockets {
	int fd[SOCKETS_MAX];
	bool plain[SOCKETS_MAX]; /* without TLS */
	size_t n;
	bool inherited;
};

/* Non-blocking, close-on-exec, listening. On failure WHY says which and why;
 * sockets opened before are closed. */
MUST_USE enum err sockets_open(
    const struct conf *conf, struct sockets *out, char why[static CONF_WHY]);
