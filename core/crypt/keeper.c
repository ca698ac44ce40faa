#include "core/crypt/keeper.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/base/rnd.h"
#include "core/crypt/keeper_wire.h"
#include "core/crypt/ring.h"

enum { RECONNECT_STEP_MS = 100 };

/* One question at a time. */
struct lane {
	int fd; /* -1: not connected */
	bool busy;
	size_t used;                    /* octets of B to wipe */
	uint8_t b[KEEPER_QUESTION_MAX]; /* of question and answer */
};
_Static_assert((int)KEEPER_QUESTION_MAX >= (int)KEEPER_ANSWER_MAX, "both fit");

struct keeper {
	pthread_mutex_t lock;
	pthread_cond_t free;
	struct lane lane[KEEPER_LANES];
	size_t lanes;
	bool named; /* connections to PATH, made as needed */
	struct sockaddr_un path;
	_Atomic uint64_t nonce;
	void (*gone)(void); /* may be NULL */
};

static struct keeper *
make(size_t lanes)
{
	struct keeper *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	(void)pthread_mutex_init(&k->lock, NULL);
	(void)pthread_cond_init(&k->free, NULL);
	k->lanes = lanes;
	for (size_t i = 0; i < lanes; i++)
		k->lane[i].fd = -1;
	return k;
}

struct keeper *
keeper_of_sockets(const int *fds, size_t n)
{
	struct keeper *k = n <= KEEPER_LANES ? make(n) : NULL;

	for (size_t i = 0; k != NULL && i < n; i++)
		k->lane[i].fd = fds[i];
	return k;
}

struct keeper *
keeper_at(const char *path)
{
	struct keeper *k;

	if (strlen(path) >= sizeof(k->path.sun_path) ||
	    (k = make(KEEPER_LANES)) == NULL)
		return NULL;
	k->named = true;
	k->path.sun_family = AF_UNIX;
	memcpy(k->path.sun_path, path, strlen(path));
	return k;
}

void
keeper_close(struct keeper *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->lanes; i++)
		if (k->lane[i].fd >= 0)
			(void)close(k->lane[i].fd);
	(void)pthread_cond_destroy(&k->free);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

void
ring_on_lost_keeper(const struct ring *r, void (*gone)(void))
{
	r->keeper->gone = gone;
}

bool
keeper_alive(const struct keeper *k)
{
	struct pollfd p = {.fd = k->lane[0].fd, .events = 0};

	return k->named || poll(&p, 1, 0) <= 0 ||
	       (p.revents & (POLLHUP | POLLERR)) == 0;
}

/* --- lanes --- */

/* The first free one: the fewest connections are made. */
static struct lane *
take(struct keeper *k)
{
	struct lane *found = NULL;

	(void)pthread_mutex_lock(&k->lock);
	for (;;) {
		for (size_t i = 0; found == NULL && i < k->lanes; i++)
			if (!k->lane[i].busy)
				found = &k->lane[i];
		if (found != NULL)
			break;
		(void)pthread_cond_wait(&k->free, &k->lock);
	}
	found->busy = true;
	(void)pthread_mutex_unlock(&k->lock);
	return found;
}

static void
give_back(struct keeper *k, struct lane *l)
{
	(void)pthread_mutex_lock(&k->lock);
	l->busy = false;
	(void)pthread_cond_signal(&k->free);
	(void)pthread_mutex_unlock(&k->lock);
}

static void
rest(void)
{
	const struct timespec t = {0, RECONNECT_STEP_MS * 1000000L};

	(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

/* Connects L if it is not, trying again while the keeper may be starting. */
static bool
reach(struct keeper *k, struct lane *l)
{
	for (int ms = 0; k->named && l->fd < 0 && ms < KEEPER_RECONNECT_MS;
	     ms += RECONNECT_STEP_MS) {
		l->fd = socket(
		    AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (l->fd >= 0 && connect(l->fd, (struct sockaddr *)&k->path,
				      sizeof(k->path)) == 0)
			return true;
		if (l->fd >= 0)
			(void)close(l->fd);
		l->fd = -1;
		rest();
	}
	return l->fd >= 0;
}

/* --- questions --- */

/* N octets of the question. A keeper that hears nothing leaves the socket full:
 * BUSY after a while; IO when the lane is broken. */
static enum err
say(const struct lane *l, size_t n)
{
	struct pollfd p = {.fd = l->fd, .events = POLLOUT};

	while (send(l->fd, l->b, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return ERR_IO;
		if (poll(&p, 1, KEEPER_PATIENCE_MS) == 0)
			return ERR_BUSY;
	}
	return ERR_OK;
}

/* The answer with this nonce: one that came too late for somebody before us
 * is passed over. IO when the lane is broken, BUSY after a while. */
static enum err
hear(struct lane *l, uint64_t nonce, struct keeper_answer *a)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};
	ssize_t n;

	do {
		int r = poll(&p, 1, KEEPER_PATIENCE_MS);

		if (r == 0)
			return ERR_BUSY;
		n = r < 0 ? -1 : recv(l->fd, l->b, sizeof(l->b), MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0 || !keeper_get_answer(l->b, (size_t)n, a))
			return ERR_IO;
		l->used = (size_t)n > l->used ? (size_t)n : l->used;
	} while (n < 0 || a->nonce != nonce);
	return ERR_OK;
}

static enum err
round_trip(struct keeper *k, struct lane *l, struct keeper_question *q,
    struct keeper_answer *a)
{
	size_t n;
	enum err e;

	if (!reach(k, l))
		return ERR_SEALED;
	q->nonce = atomic_fetch_add(&k->nonce, 1);
	if ((n = keeper_put_question(q, l->b)) == 0)
		return ERR_TOO_BIG;
	l->used = n > l->used ? n : l->used;
	if ((e = say(l, n)) == ERR_OK)
		e = hear(l, q->nonce, a);
	if (e == ERR_IO && k->named) {
		(void)close(l->fd);
		l->fd = -1;
	}
	return e;
}

/* Asks Q, again when the keeper went away meanwhile. The data of the
 * answer, at most ROOM octets, goes to OUT. */
static enum err
ask(struct keeper *k, struct keeper_question *q, void *out, size_t room,
    size_t *len)
{
	struct lane *l = take(k);
	struct keeper_answer a = {0};
	enum err e = ERR_IO;

	/* asking twice does nothing twice */
	for (int i = 0; i < KEEPER_TRIES && (e == ERR_IO || e == ERR_BUSY); i++)
		e = round_trip(k, l, q, &a);
	if (e == ERR_IO && !k->named && k->gone != NULL)
		k->gone();
	e = e == ERR_IO ? ERR_SEALED : e ? e : a.err;
	if (e == ERR_OK && a.len > room)
		e = ERR_INTERNAL;
	*len = e == ERR_OK ? a.len : 0;
	if (*len > 0)
		memcpy(out, a.data, a.len);
	secret_wipe(l->b, l->used);
	l->used = 0;
	give_back(k, l);
	return e;
}

enum err
keeper_seal(struct keeper *k, const struct seal_place *at, const void *plain,
    size_t len, uint8_t *out)
{
	struct keeper_question q = {
	    .act = KEEPER_SEAL, .at = *at, .data = plain, .len = len};
	size_t n;
	enum err e;

	if (len > KEEPER_DATA_MAX - SEAL_OVERHEAD)
		return ERR_TOO_BIG;
	e = ask(k, &q, out, SEAL_LEN(len), &n);
	return e ? e : n == SEAL_LEN(len) ? ERR_OK : ERR_INTERNAL;
}

enum err
keeper_open(struct keeper *k, const struct seal_place *at,
    const uint8_t *sealed, size_t n, void *out, size_t *len)
{
	struct keeper_question q = {
	    .act = KEEPER_OPEN, .at = *at, .data = sealed, .len = n};

	*len = 0;
	if (n < SEAL_OVERHEAD)
		return ERR_CORRUPT;
	return ask(k, &q, out, n - SEAL_OVERHEAD, len);
}

bool
keeper_answers(struct keeper *k)
{
	struct keeper_question q = {.act = KEEPER_HELLO};
	uint8_t share[RING_SHARE_MAX];
	size_t n;
	bool yes = ask(k, &q, share, sizeof(share), &n) == ERR_OK;

	secret_wipe(share, sizeof(share));
	return yes;
}

static enum err
get_share(struct keeper *k, struct ring **out)
{
	struct keeper_question q = {.act = KEEPER_HELLO};
	uint8_t share[RING_SHARE_MAX];
	size_t n;
	enum err e;

	if ((e = ask(k, &q, share, sizeof(share), &n)) == ERR_OK)
		e = ring_share_get(share, n, out);
	secret_wipe(share, sizeof(share));
	return e;
}

struct ring *
keeper_renewed(struct keeper *k)
{
	struct keeper_question q = {.act = KEEPER_RENEW};
	struct ring *share = NULL;
	size_t n;

	/* it may go before it answers: who asks next gets the new one */
	(void)ask(k, &q, NULL, 0, &n);
	(void)get_share(k, &share);
	return share;
}

enum err
ring_of_keeper(struct keeper *k, struct ring **out, char why[static RING_WHY])
{
	OWN(keeper) struct keeper *mine = k;
	uint64_t nonce;
	enum err e;

	*out = NULL;
	why[0] = '\0';
	if (mine == NULL)
		return ERR_NO_MEMORY;
	/* not what a process that was forked before us has counted to */
	rnd_bytes(&nonce, sizeof(nonce));
	atomic_store(&mine->nonce, nonce);
	if ((e = get_share(mine, out)) == ERR_CORRUPT) {
		(void)ring_why(why, "the keeper of the master key is of "
				    "another version");
		return e;
	}
	if (e != ERR_OK)
		return ring_why(
		    why, "the keeper of the master key: %s", err_words(e));
	(*out)->keeper = give(mine);
	return ERR_OK;
}
