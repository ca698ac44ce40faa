/*
 * udp_echo.c - the least a UDP server can do: what came goes back
 *
 *	udp_echo PORT
 *
 * The floor of this machine's network path, for the same batches as the
 * responder's. Ends by SIGTERM.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, ROOM = 512 };

int
main(int argc, char **argv)
{
	static unsigned char packets[BATCH][ROOM];
	static struct sockaddr_in from[BATCH];
	struct mmsghdr msg[BATCH] = {0};
	struct iovec iov[BATCH];
	struct sockaddr_in here = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), n, room = 8 << 20;

	if (argc != 2)
		return 2;
	here.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) != 0) {
		perror("udp_echo");
		return 1;
	}
	for (;;) {
		for (int i = 0; i < BATCH; i++) {
			iov[i] = (struct iovec){packets[i], ROOM};
			msg[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
			    .msg_namelen = sizeof(from[i]),
			    .msg_iov = &iov[i],
			    .msg_iovlen = 1};
		}
		if ((n = recvmmsg(fd, msg, BATCH, MSG_WAITFORONE, NULL)) < 1)
			continue;
		for (int i = 0; i < n; i++) {
			iov[i].iov_len = msg[i].msg_len;
			packets[i][0] = 2;
		}
		(void)sendmmsg(fd, msg, (unsigned)n, 0);
	}
}
