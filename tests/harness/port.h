/*
 * port.h - the port of a harness that speaks datagrams
 */
#pragma once

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

/* A free port of the loopback, which it prints; -1 when there is none. */
static inline int
port_open(void)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return -1;
	(void)printf("%d\n", ntohs(a.sin_port));
	(void)fflush(stdout);
	return fd;
}
