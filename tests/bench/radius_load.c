/*
 * radius_load.c - asks a RADIUS server as access points do, and counts
 *
 *	radius_load --port N --secret S --users N --ssid S [--pid PID]
 *	    [--window N | --rate N] [--seconds N] [--patience SECONDS]
 *
 * Closed loop: WINDOW questions are always open. Open loop: RATE a second,
 * whatever comes back. Every question is new (authenticator, identifier) and
 * carries a Message-Authenticator, and is lost when its answer takes longer
 *than the patience (a second; at most as long as identifiers last); station i
 *of USERS has the address 02:4b:.. made of i. Prints one line of key=value;
 *with PID also what the server's own processor time was, which is what machines
 *can be compared by.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "radius/wire/shared.h"

enum {
	SOCKETS = 64,
	IDS = 256,
	BATCH = 64,
	PACKET = 512,
	BUCKETS = 20000, /* of 10 us */
};

struct settings {
	int port, window, pid, seconds, patience;
	long users, rate;
	const char *secret, *ssid;
};

struct load {
	struct settings set;
	struct shared secret;
	int fd[SOCKETS];
	int64_t sent_at[SOCKETS][IDS];
	uint8_t next_id[SOCKETS];
	long sent, accepts, rejects, lost, open;
	uint64_t rng;
	int turn;
	int64_t longest;
	long took[BUCKETS + 1];
};

static uint64_t
draw(struct load *l)
{
	l->rng ^= l->rng << 13;
	l->rng ^= l->rng >> 7;
	l->rng ^= l->rng << 17;
	return l->rng;
}

static uint8_t *
attribute(uint8_t *p, uint8_t type, const void *v, size_t len)
{
	p[0] = type;
	p[1] = (uint8_t)(len + 2);
	memcpy(p + 2, v, len);
	return p + 2 + len;
}

/* RFC 2865 5.2, for a password of at most 16 octets. */
static void
hide(const struct load *l, const uint8_t *auth, const char *word,
    uint8_t out[16])
{
	uint8_t pad[16];
	struct md5 m;

	md5_start(&m);
	md5_add(&m, l->secret.secret.b, l->secret.secret.len);
	md5_add(&m, auth, 16);
	md5_end(&m, pad);
	memset(out, 0, 16);
	memcpy(out, word, strlen(word));
	for (int i = 0; i < 16; i++)
		out[i] ^= pad[i];
}

/* An Access-Request of hostapd for station I. */
static size_t
request(struct load *l, uint8_t id, long i, uint8_t out[static PACKET])
{
	uint8_t hidden[16], *p = out + 20, *mac_at;
	char user[32], station[48], called[64];
	uint64_t a = draw(l), b = draw(l);
	struct md5 m;
	size_t len;

	out[0] = 1;
	out[1] = id;
	memcpy(out + 4, &a, 8);
	memcpy(out + 12, &b, 8);
	(void)snprintf(user, sizeof(user), "024b%08lx", (unsigned long)i);
	(void)snprintf(station, sizeof(station),
	    "02-4B-%02lX-%02lX-%02lX-%02lX", i >> 24 & 255, i >> 16 & 255,
	    i >> 8 & 255, i & 255);
	(void)snprintf(
	    called, sizeof(called), "02-00-00-00-00-10:%s", l->set.ssid);
	mac_at = p + 2;
	p = attribute(p, 80, (const uint8_t[16]){0}, 16);
	p = attribute(p, 1, user, 12);
	hide(l, out + 4, user, hidden);
	p = attribute(p, 2, hidden, 16);
	p = attribute(p, 4, (const uint8_t[]){127, 0, 0, 1}, 4);
	p = attribute(p, 30, called, strlen(called));
	p = attribute(p, 61, (const uint8_t[]){0, 0, 0, 19}, 4);
	p = attribute(p, 31, station, strlen(station));
	len = (size_t)(p - out);
	out[2] = (uint8_t)(len >> 8);
	out[3] = (uint8_t)len;
	hmac_md5_start(&m, &l->secret.pads);
	md5_add(&m, out, len);
	hmac_md5_end(&m, &l->secret.pads, mac_at);
	return len;
}

static void
send_some(struct load *l, int n)
{
	static uint8_t packets[BATCH][PACKET];
	struct mmsghdr msg[BATCH] = {0};
	struct iovec iov[BATCH];
	int s = l->turn = (l->turn + 1) % SOCKETS, k = 0;
	int64_t now = clock_mono();

	for (; k < n && k < BATCH; k++) {
		uint8_t id = l->next_id[s]++;

		if (l->sent_at[s][id]) { /* never came back */
			l->lost++;
			l->open--;
		}
		l->sent_at[s][id] = now;
		iov[k] = (struct iovec){packets[k],
		    request(l, id, (long)(draw(l) % (uint64_t)l->set.users),
			packets[k])};
		msg[k].msg_hdr.msg_iov = &iov[k];
		msg[k].msg_hdr.msg_iovlen = 1;
	}
	n = sendmmsg(l->fd[s], msg, (unsigned)k, 0);
	l->sent += n > 0 ? n : 0;
	l->open += n > 0 ? n : 0;
}

static void
answer(struct load *l, int s, const uint8_t *p, int64_t now)
{
	int64_t at = l->sent_at[s][p[1]];
	int64_t bucket = (now - at) / 10000;

	if (at == 0)
		return;
	l->sent_at[s][p[1]] = 0;
	l->open--;
	if (now - at > l->longest)
		l->longest = now - at;
	*(p[0] == 2 ? &l->accepts : &l->rejects) += 1;
	l->took[bucket < BUCKETS ? bucket : BUCKETS]++;
}

static int
receive(struct load *l, int s)
{
	static uint8_t packets[BATCH][PACKET];
	struct mmsghdr msg[BATCH] = {0};
	struct iovec iov[BATCH];
	int64_t now;
	int n;

	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){packets[i], PACKET};
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(l->fd[s], msg, BATCH, MSG_DONTWAIT, NULL);
	now = clock_mono();
	for (int i = 0; i < n; i++)
		answer(l, s, packets[i], now);
	return n > 0 ? n : 0;
}

static int64_t
patience(const struct load *l)
{
	return l->set.patience * INT64_C(1000000000);
}

static void
forget_lost(struct load *l)
{
	int64_t before = clock_mono() - patience(l);

	for (int s = 0; s < SOCKETS; s++)
		for (int i = 0; i < IDS; i++)
			if (l->sent_at[s][i] && l->sent_at[s][i] < before) {
				l->sent_at[s][i] = 0;
				l->lost++;
				l->open--;
			}
}

static void
wait_for_any(struct load *l, int ms)
{
	struct pollfd p[SOCKETS];

	for (int s = 0; s < SOCKETS; s++)
		p[s] = (struct pollfd){.fd = l->fd[s], .events = POLLIN};
	(void)poll(p, SOCKETS, ms);
	for (int s = 0; s < SOCKETS; s++)
		if (p[s].revents)
			while (receive(l, s) == BATCH)
				continue;
}

static void
run(struct load *l)
{
	int64_t began = clock_mono(),
		end = began + l->set.seconds * INT64_C(1000000000);
	int64_t now, swept = began;

	while ((now = clock_mono()) < end) {
		long want = l->set.rate ? (long)((double)(now - began) / 1e9 *
						 (double)l->set.rate) -
					      l->sent
					: l->set.window - l->open;

		if (want > 0)
			send_some(l, want > BATCH ? BATCH : (int)want);
		wait_for_any(l, want > 0 ? 0 : 1);
		if (now - swept > patience(l) / 4) {
			forget_lost(l);
			swept = now;
		}
	}
	for (int i = 0; i < 20 * l->set.patience && l->open > 0; i++)
		wait_for_any(l, 50);
	l->lost += l->open;
}

/* Seconds of processor time of process PID so far; 0 when unknown. */
static double
cpu_of(int pid)
{
	char path[64], text[1024];
	unsigned long user = 0, system = 0;
	FILE *f;
	char *p;

	if (pid == 0)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	p = fgets(text, sizeof(text), f) ? strrchr(text, ')') : NULL;
	(void)fclose(f);
	if (p == NULL ||
	    sscanf(p, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		&user, &system) != 2)
		return 0;
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double
percentile(const struct load *l, double share)
{
	long all = l->accepts + l->rejects, sum = 0;

	for (int i = 0; i <= BUCKETS; i++)
		if ((sum += l->took[i]) > (long)((double)all * share))
			return i * 0.01;
	return 0;
}

static int
usage(void)
{
	(void)fputs("usage: radius_load --port N --secret S --users N --ssid S "
		    "[--pid PID] [--window N | --rate N] [--seconds N] "
		    "[--patience SECONDS]\n",
	    stderr);
	return 2;
}

static bool
read_settings(struct settings *s, int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *k = argv[i], *v = argv[i + 1];

		if (strcmp(k, "--secret") == 0)
			s->secret = v;
		else if (strcmp(k, "--ssid") == 0)
			s->ssid = v;
		else if (strcmp(k, "--port") == 0)
			s->port = (int)strtol(v, NULL, 10);
		else if (strcmp(k, "--window") == 0)
			s->window = (int)strtol(v, NULL, 10);
		else if (strcmp(k, "--pid") == 0)
			s->pid = (int)strtol(v, NULL, 10);
		else if (strcmp(k, "--seconds") == 0)
			s->seconds = (int)strtol(v, NULL, 10);
		else if (strcmp(k, "--patience") == 0)
			s->patience = (int)strtol(v, NULL, 10);
		else if (strcmp(k, "--users") == 0)
			s->users = strtol(v, NULL, 10);
		else if (strcmp(k, "--rate") == 0)
			s->rate = strtol(v, NULL, 10);
		else
			return false;
	}
	return argc % 2 == 1 && s->secret && s->ssid && s->port > 0 &&
	       s->users > 0 && s->seconds > 0 && s->seconds <= 7200 &&
	       s->patience > 0;
}

static bool
open_sockets(struct load *l)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)l->set.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int room = 4 << 20;

	for (int s = 0; s < SOCKETS; s++) {
		l->fd[s] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (l->fd[s] < 0 ||
		    connect(l->fd[s], (struct sockaddr *)&to, sizeof(to)) != 0)
			return false;
		(void)setsockopt(
		    l->fd[s], SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	}
	return true;
}

int
main(int argc, char **argv)
{
	static struct load l = {.rng = 0x9e3779b97f4a7c15,
	    .set = {.window = 64, .seconds = 5, .patience = 1}};
	double cpu, wall;
	long answers;

	if (!read_settings(&l.set, argc, argv) ||
	    shared_set(&l.secret, l.set.secret, strlen(l.set.secret)))
		return usage();
	if (!open_sockets(&l)) {
		perror("radius_load");
		return 1;
	}
	l.rng ^= (uint64_t)clock_mono();
	cpu = cpu_of(l.set.pid);
	wall = (double)clock_mono();
	run(&l);
	cpu = cpu_of(l.set.pid) - cpu;
	wall = ((double)clock_mono() - wall) / 1e9;
	answers = l.accepts + l.rejects;
	printf("sent=%ld accepts=%ld rejects=%ld lost=%ld per_second=%.0f "
	       "p50_ms=%.2f p99_ms=%.2f max_ms=%.2f cpu_seconds=%.2f "
	       "per_cpu_second=%.0f\n",
	    l.sent, l.accepts, l.rejects, l.lost, (double)answers / wall,
	    percentile(&l, 0.5), percentile(&l, 0.99), (double)l.longest / 1e6,
	    cpu, cpu > 0 ? (double)answers / cpu : 0);
	return answers == 0;
}
