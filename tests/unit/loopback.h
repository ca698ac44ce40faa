/*
 * loopback.h - a port of this machine that somebody is to call
 */
#pragma once

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#include "tests/unit/test.h"

/* Listens on a free port; its address goes to WHERE, between BEFORE ("http")
 * and AFTER ("/in"). The socket. */
static inline int
loopback_listen(const char *before, const char *after, char *where, size_t room)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	(void)snprintf(where, room, "%s://127.0.0.1:%d%s", before,
	    ntohs(a.sin_port), after);
	return fd;
}
