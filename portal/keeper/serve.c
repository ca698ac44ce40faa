#include "portal/keeper/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/crypt/keeper.h"
#include "portal/keeper/confine.h"

enum { TELL_EVERY_MS = 1000, REST_MS = 10 };

struct keeping {
	const struct ring *ring;
	struct allowance *budget;
	int64_t told; /* when a refusal was logged last */
	int64_t untold;
	bool again;  /* end, for one that reads the master key again */
	bool failed; /* end, for one that can do what this cannot any more */
	bool strict; /* one bad message ends it all: the lanes are our own */
	size_t n;
	struct pollfd peer[1 + KEEPER_PEERS_MAX]; /* the first one listens */
	uint8_t in[KEEPER_QUESTION_MAX], out[KEEPER_ANSWER_MAX];
};

static int64_t
steady_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Refusals by the thousand are one line a second. */
static void
tell_refused(struct keeping *k, const struct keeper_question *q, enum err e)
{
	int64_t now = steady_ms();

	if (k->told != 0 && now - k->told < TELL_EVERY_MS) {
		k->untold++;
		return;
	}
	LOG(WARN, "keeper.refused", LOG_S("kind", err_name(e)),
	    LOG_S("table", q->at.table), LOG_S("column", q->at.column),
	    LOG_S("row", q->at.row), LOG_I("since_last", k->untold));
	k->told = now;
	k->untold = 0;
}

static enum err
open_value(struct keeping *k, const struct keeper_question *q, size_t *len)
{
	bool told;
	enum err e = rules_allow(q, k->budget, steady_ms(), &told);

	if (e == ERR_OK)
		e = seal_open(k->ring, &q->at, q->data, q->len,
		    k->out + KEEPER_ANSWER_HEAD, len);
	if (e != ERR_OK)
		tell_refused(k, q, e);
	else if (told)
		LOG(INFO, "keeper.opened", LOG_S("key", q->at.row));
	return e;
}

static enum err
answer(struct keeping *k, const struct keeper_question *q, size_t *len)
{
	uint8_t *data = k->out + KEEPER_ANSWER_HEAD;

	*len = 0;
	switch (q->act) {
	case KEEPER_HELLO:
		*len = ring_share_put(k->ring, data);
		return ERR_OK;
	case KEEPER_SEAL:
		if (q->len > KEEPER_DATA_MAX - SEAL_OVERHEAD)
			return ERR_TOO_BIG;
		*len = SEAL_LEN(q->len);
		return seal(k->ring, &q->at, q->data, q->len, data);
	case KEEPER_RENEW:
		k->again = true; /* reads no file itself: the next one has */
		return ERR_OK;
	case KEEPER_OPEN:
		return q->len < SEAL_OVERHEAD ? ERR_CORRUPT
					      : open_value(k, q, len);
	}
	return ERR_INTERNAL;
}

/* A failure that says nothing of the other end. A question that was not heard
 * or not answered is asked again (keeper.h); a lane of our own that is closed
 * is gone for good. */
static bool
passes(int e)
{
	return e == EAGAIN || e == EINTR || e == ENOMEM || e == ENOBUFS;
}

/* One message of FD; false when its sender is gone or no worker of ours. */
static bool
converse(struct keeping *k, int fd, bool *broken)
{
	ssize_t n = recv(fd, k->in, sizeof(k->in), MSG_DONTWAIT | MSG_TRUNC);
	struct keeper_question q;
	struct keeper_answer a;
	size_t len = 0;
	bool fine;

	if (n < 0)
		return passes(errno);
	if (n == 0)
		return false;
	if ((size_t)n > sizeof(k->in) ||
	    !keeper_get_question(k->in, (size_t)n, &q)) {
		LOG(ERROR, "keeper.not-a-question", LOG_I("octets", n));
		*broken = true;
		return false;
	}
	a = (struct keeper_answer){.nonce = q.nonce};
	if ((a.err = answer(k, &q, &len)))
		len = 0;
	keeper_put_answer(&a, k->out);
	len += KEEPER_ANSWER_HEAD;
	fine = send(fd, k->out, len, MSG_DONTWAIT | MSG_NOSIGNAL) ==
		   (ssize_t)len ||
	       passes(errno);
	secret_wipe(k->in, (size_t)n);
	secret_wipe(k->out, len);
	return fine;
}

/* Until there are memory or descriptors again; takes none. */
static void
rest(void)
{
	(void)poll(NULL, 0, REST_MS);
}

static void
welcome(struct keeping *k)
{
	int fd = accept4(k->peer[0].fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		rest(); /* it waits still */
		return;
	}
	if (k->n == 1 + KEEPER_PEERS_MAX) {
		(void)close(fd);
		return;
	}
	k->peer[k->n++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void
forget(struct keeping *k, size_t i)
{
	(void)close(k->peer[i].fd);
	k->peer[i] = k->peer[--k->n];
}

/* Whatever poll() found; false when all is over. */
static bool
once(struct keeping *k, bool *broken)
{
	int n = poll(k->peer, k->n, -1);

	if (n < 0) {
		k->failed = !passes(errno);
		rest();
		return !k->failed;
	}
	for (size_t i = k->n; i-- > 1;)
		if (k->peer[i].revents != 0 &&
		    !converse(k, k->peer[i].fd, broken))
			forget(k, i);
	if (k->peer[0].revents & POLLIN)
		welcome(k);
	return !k->again && (!*broken || !k->strict) &&
	       (k->n > 1 || k->peer[0].fd >= 0);
}

struct allowance
keeper_budget(const struct conf *conf)
{
	return allowance_make(
	    conf->keys.reveal_burst, conf->keys.reveal_per_minute, steady_ms());
}

int
keeper_serve(const struct ring *ring, struct allowance *budget, int listener,
    const int *fd, size_t n)
{
	struct keeping *k;
	bool broken = false;
	int status;

	if (n > KEEPER_PEERS_MAX || (k = calloc(1, sizeof(*k))) == NULL)
		return EXIT_FAILURE;
	k->ring = ring;
	k->strict = listener < 0;
	k->budget = budget;
	k->peer[k->n++] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (size_t i = 0; i < n; i++)
		k->peer[k->n++] =
		    (struct pollfd){.fd = fd[i], .events = POLLIN};
	ring_forget_file(ring); /* it could not be opened any more */
	if (!confine_keeper(ring)) {
		free(k);
		return EXIT_FAILURE;
	}
	LOG(INFO, "keeper.ready", LOG_I("pid", getpid()));
	while (once(k, &broken))
		;
	status = k->again              ? KEEPER_AGAIN
		 : k->failed           ? EXIT_FAILURE
		 : broken && k->strict ? KEEPER_BROKEN
				       : EXIT_SUCCESS;
	free(k);
	return status;
}
