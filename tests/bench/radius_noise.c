/*
 * radius_noise.c - sends packets that others made, so many a second
 *
 *	radius_noise --port N --rate N [--seconds N] [--from ADDRESS] < PACKETS
 *
 * PACKETS is a line of hexadecimal digits each; they are sent in turn until
 * the time is over, or standard output's reader ends the program. What comes
 * back is counted and thrown away. Prints sent=N heard=N.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/text.h"

enum { PACKETS = 20000, PACKET = 4096, LINE = 2 * PACKET + 2, BATCH = 32 };

struct noise {
	int port, seconds, fd;
	long rate, sent, heard;
	const char *from;
	struct iovec packet[PACKETS];
	size_t n;
};

static bool
read_packets(struct noise *z)
{
	static char line[LINE];
	static uint8_t octets[PACKET];

	while (z->n < PACKETS && fgets(line, sizeof(line), stdin) != NULL) {
		size_t len = strcspn(line, "\n") / 2;

		line[2 * len] = '\0';
		if (len == 0 || len > PACKET ||
		    !text_from_hex(line, octets, len))
			return false;
		z->packet[z->n].iov_base = malloc(len);
		z->packet[z->n].iov_len = len;
		if (z->packet[z->n].iov_base == NULL)
			return false;
		memcpy(z->packet[z->n++].iov_base, octets, len);
	}
	return z->n > 0;
}

static bool
open_socket(struct noise *z)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)z->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in from = {.sin_family = AF_INET};

	z->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return z->fd >= 0 && inet_pton(AF_INET, z->from, &from.sin_addr) == 1 &&
	       bind(z->fd, (const void *)&from, sizeof(from)) == 0 &&
	       connect(z->fd, (const void *)&to, sizeof(to)) == 0;
}

static void
send_some(struct noise *z, long n)
{
	struct mmsghdr msg[BATCH] = {0};
	int k = 0;

	for (; k < n && k < BATCH; k++) {
		size_t i = (size_t)(z->sent + k) % z->n;

		msg[k].msg_hdr.msg_iov = &z->packet[i];
		msg[k].msg_hdr.msg_iovlen = 1;
	}
	k = sendmmsg(z->fd, msg, (unsigned)k, 0);
	z->sent += k > 0 ? k : 0;
}

static void
listen_in(struct noise *z)
{
	uint8_t octets[PACKET];

	while (recv(z->fd, octets, sizeof(octets), MSG_DONTWAIT) > 0)
		z->heard++;
}

static void
run(struct noise *z)
{
	const struct timespec moment = {.tv_nsec = 500000};
	int64_t began = clock_mono(), now;

	while (
	    (now = clock_mono()) - began < z->seconds * INT64_C(1000000000)) {
		long due =
		    (long)((double)(now - began) / 1e9 * (double)z->rate) -
		    z->sent;

		if (due > 0)
			send_some(z, due);
		listen_in(z);
		if (due < BATCH)
			(void)nanosleep(&moment, NULL);
	}
}

static bool
read_settings(struct noise *z, int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *k = argv[i], *v = argv[i + 1];

		if (strcmp(k, "--port") == 0)
			z->port = (int)strtol(v, NULL, 10);
		else if (strcmp(k, "--rate") == 0)
			z->rate = strtol(v, NULL, 10);
		else if (strcmp(k, "--seconds") == 0)
			z->seconds = (int)strtol(v, NULL, 10);
		else if (strcmp(k, "--from") == 0)
			z->from = v;
		else
			return false;
	}
	return argc % 2 == 1 && z->port > 0 && z->rate > 0 && z->seconds > 0 &&
	       z->seconds <= 7200;
}

int
main(int argc, char **argv)
{
	static struct noise z = {.seconds = 5, .from = "127.0.0.1"};

	if (!read_settings(&z, argc, argv) || !read_packets(&z)) {
		(void)fputs("usage: radius_noise --port N --rate N "
			    "[--seconds N] [--from ADDRESS] < PACKETS\n",
		    stderr);
		return 2;
	}
	if (!open_socket(&z)) {
		perror("radius_noise");
		return 1;
	}
	run(&z);
	printf("sent=%ld heard=%ld\n", z.sent, z.heard);
	return 0;
}
