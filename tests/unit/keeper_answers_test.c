/* What a worker makes of a keeper that answers late, wrongly or not at all. */
#include "tests/unit/keeper_ring.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/crypt/keeper.h"
#include "core/crypt/keeper_wire.h"

static const struct seal_place here = {
    .table = "wifi_key", .row = "k1", .column = "passphrase", .generation = 1};

/* A keeper that does one thing with what follows the first HELLO. */
enum habit {
	HONEST,
	LATE,    /* an old answer comes first */
	SHORT,   /* octets are missing */
	LONG,    /* there are more than were asked for */
	GARBAGE, /* no answer at all, by its form */
	SILENT,
	DEAF, /* hears nothing any more, and its socket gets full */
	REFUSES,
	OLD_SHARE, /* of a form that is not known */
	CUTS       /* the connection, after each answer */
};

struct peer {
	int fd, listener; /* -1: not a named one */
	enum habit habit;
	struct ring *ring, *later; /* LATER: after a RENEW; may be NULL */
	int asked;
	pthread_t thread;
};

static enum err
honestly(
    struct peer *p, const struct keeper_question *q, uint8_t *out, size_t *n)
{
	*n = 0;
	switch (q->act) {
	case KEEPER_HELLO:
		*n = ring_share_put(p->ring, out);
		return ERR_OK;
	case KEEPER_SEAL:
		*n = SEAL_LEN(q->len);
		return seal(p->ring, &q->at, q->data, q->len, out);
	case KEEPER_OPEN:
		return seal_open(p->ring, &q->at, q->data, q->len, out, n);
	case KEEPER_RENEW:
		p->ring = p->later ? p->later : p->ring;
		return ERR_OK;
	}
	return ERR_INTERNAL;
}

static void
reply(const struct peer *p, uint8_t *b, enum err e, uint64_t nonce, size_t n)
{
	struct keeper_answer a = {.err = e, .nonce = nonce};

	keeper_put_answer(&a, b);
	(void)send(p->fd, b, KEEPER_ANSWER_HEAD + n, MSG_NOSIGNAL);
}

static void
answer(struct peer *p, const struct keeper_question *q)
{
	static _Thread_local uint8_t b[KEEPER_ANSWER_MAX];
	uint8_t *data = b + KEEPER_ANSWER_HEAD;
	enum err e;
	size_t n;

	e = honestly(p, q, data, &n);
	if (p->habit == OLD_SHARE)
		data[0] = 9;
	if (p->habit == REFUSES)
		reply(p, b, ERR_BUSY, q->nonce, 0);
	else if (p->habit == OLD_SHARE || p->asked == 1)
		reply(p, b, e, q->nonce, n);
	else if (p->habit == GARBAGE)
		(void)send(p->fd, "\7\7", 2, MSG_NOSIGNAL);
	else if (p->habit != SILENT) {
		if (p->habit == LATE)
			reply(p, b, ERR_FORBIDDEN, q->nonce - 1, 0);
		n = p->habit == SHORT ? n / 2 : n;
		n += p->habit == LONG ? 100 : 0;
		reply(p, b, e, q->nonce, n);
	}
}

static bool
next_connection(struct peer *p)
{
	if (p->fd >= 0)
		(void)close(p->fd);
	p->fd = p->listener >= 0 ? accept(p->listener, NULL, NULL) : -1;
	return p->fd >= 0;
}

static void *
serve(void *arg)
{
	struct peer *p = arg;
	static _Thread_local uint8_t b[KEEPER_QUESTION_MAX];
	struct pollfd gone = {.events = 0}; /* POLLHUP only */
	struct keeper_question q;
	ssize_t n;

	while (p->fd >= 0 || next_connection(p)) {
		n = recv(p->fd, b, sizeof(b), 0);
		if (n > 0 && keeper_get_question(b, (size_t)n, &q)) {
			p->asked++;
			answer(p, &q);
		}
		if (p->habit == DEAF) {
			gone.fd = p->fd;
			(void)poll(&gone, 1, -1);
		}
		if ((n <= 0 || p->habit == CUTS) && !next_connection(p))
			break;
	}
	return NULL;
}

static struct ring *
share_from(struct peer *p, enum habit habit, const char *text)
{
	struct ring *share = NULL;
	char why[RING_WHY];
	int both[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, both), 0);
	*p = (struct peer){.fd = both[1],
	    .listener = -1,
	    .habit = habit,
	    .ring = ring_of(text)};
	assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
	assert_ok(ring_of_keeper(keeper_of_sockets(both, 1), &share, why));
	return share;
}

static void
share_end(struct peer *p, struct ring *share, struct ring *own)
{
	ring_free(share);
	assert_int_equal(pthread_join(p->thread, NULL), 0);
	ring_free(own);
}

static int
listen_at(const char *path, int waiting)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, waiting), 0);
	return fd;
}

/* --- */

TEST(keeper_answer_that_is_late_is_passed_over)
{
	struct peer p;
	struct ring *share = share_from(&p, LATE, RING_WHOLE), *own = p.ring;
	uint8_t sealed[SEAL_LEN(8)];
	char plain[8];
	size_t n;

	assert_ok(seal(share, &here, "password", 8, sealed));
	assert_ok(seal_open(share, &here, sealed, sizeof(sealed), plain, &n));
	assert_int_equal(n, 8);
	assert_memory_equal(plain, "password", 8);
	assert_true(keeper_answers(share->keeper));
	share_end(&p, share, own);
}

TEST(keeper_answer_of_another_length_is_not_believed)
{
	static const enum habit both[] = {SHORT, LONG};

	for (size_t i = 0; i < 2; i++) {
		struct peer p;
		struct ring *share = share_from(&p, both[i], RING_WHOLE);
		struct ring *own = p.ring;
		uint8_t sealed[SEAL_LEN(8)];
		char plain[8] = "intact.";
		size_t n = 7;

		assert_err(
		    seal(share, &here, "password", 8, sealed), ERR_INTERNAL);
		assert_ok(seal(own, &here, "password", 8, sealed));
		if (both[i] == LONG) {
			assert_err(seal_open(share, &here, sealed,
				       sizeof(sealed), plain, &n),
			    ERR_INTERNAL);
			assert_int_equal(n, 0);
			assert_string_equal(plain, "intact.");
		}
		assert_err(seal_open(share, &here, sealed, 10, plain, &n),
		    ERR_CORRUPT);
		share_end(&p, share, own);
	}
}

static int gone;

static void
is_gone(void)
{
	gone++;
}

TEST(keeper_that_answers_rubbish_is_taken_for_lost)
{
	struct peer p;
	struct ring *share = share_from(&p, GARBAGE, RING_WHOLE), *own = p.ring;
	uint8_t sealed[SEAL_LEN(8)];

	ring_on_lost_keeper(share, is_gone);
	assert_err(seal(share, &here, "password", 8, sealed), ERR_SEALED);
	assert_int_equal(gone, 1);
	assert_int_equal(p.asked, 1 + KEEPER_TRIES);
	assert_false(keeper_answers(share->keeper));
	share_end(&p, share, own);
}

/* --- one that says nothing: all of them at once, as each takes seconds --- */

enum { FOR_EVER_S = 30 };

struct waiter {
	void *of; /* a ring, or a keeper */
	enum err e;
	pthread_t thread;
};

/* More than a socket holds, were it asked once more. */
static void *
seals_much(void *arg)
{
	struct waiter *w = arg;
	const size_t n = KEEPER_DATA_MAX - SEAL_OVERHEAD;
	OWN(mem) uint8_t *plain = calloc(1, n);
	OWN(mem) uint8_t *sealed = malloc(SEAL_LEN(n));

	w->e = seal(w->of, &here, plain, n, sealed);
	return NULL;
}

static void *
seals_little(void *arg)
{
	struct waiter *w = arg;
	uint8_t sealed[SEAL_LEN(8)];

	w->e = seal(w->of, &here, "password", 8, sealed);
	return NULL;
}

static void *
says_hello(void *arg)
{
	struct waiter *w = arg;

	w->e = keeper_answers(w->of) ? ERR_OK : ERR_BUSY;
	return NULL;
}

static void
begin(struct waiter *w, void *(*act)(void *), void *of)
{
	*w = (struct waiter){.of = of, .e = ERR_INTERNAL};
	assert_int_equal(pthread_create(&w->thread, NULL, act, w), 0);
}

static enum err
end_in_time(struct waiter *w)
{
	struct timespec until;

	assert_int_equal(clock_gettime(CLOCK_REALTIME, &until), 0);
	until.tv_sec += FOR_EVER_S;
	assert_int_equal(pthread_timedjoin_np(w->thread, NULL, &until), 0);
	return w->e;
}

TEST(keeper_that_is_silent_keeps_nobody_for_ever)
{
	char dir[] = "/tmp/latchkey-keeper-XXXXXX", path[64];
	OWN(keeper) struct keeper *none = NULL;
	struct peer p, q;
	struct ring *share = share_from(&p, SILENT, RING_WHOLE), *own = p.ring;
	struct ring *other = share_from(&q, DEAF, RING_WHOLE), *its = q.ring;
	struct waiter silent, deaf, stuck[3];
	int listener;

	/* it accepts nothing, and no more than one fits into its queue */
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/keeper", dir);
	listener = listen_at(path, 0);
	assert_non_null(none = keeper_at(path));
	begin(&silent, seals_little, share);
	begin(&deaf, seals_much, other);
	for (size_t i = 0; i < 3; i++)
		begin(&stuck[i], says_hello, none);
	assert_err(end_in_time(&silent), ERR_BUSY);
	assert_int_equal(p.asked, 1 + KEEPER_TRIES);
	assert_err(end_in_time(&deaf), ERR_BUSY);
	for (size_t i = 0; i < 3; i++)
		assert_err(end_in_time(&stuck[i]), ERR_BUSY);
	share_end(&p, share, own);
	share_end(&q, other, its);
	(void)close(listener);
	(void)unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

TEST(keeper_that_gives_no_share_is_named)
{
	static const struct {
		enum habit habit;
		const char *says;
		enum err e;
	} all[] = {
	    {REFUSES, "keeper of the master key: There is a lot", ERR_SEALED},
	    {OLD_SHARE, "another version", ERR_CORRUPT}};

	for (size_t i = 0; i < 2; i++) {
		struct peer p = {.listener = -1, .habit = all[i].habit};
		struct ring *share = NULL, *own = ring_of(RING_WHOLE);
		char why[RING_WHY];
		int both[2];

		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, both), 0);
		p.fd = both[1];
		p.ring = own;
		assert_int_equal(pthread_create(&p.thread, NULL, serve, &p), 0);
		assert_err(
		    ring_of_keeper(keeper_of_sockets(both, 1), &share, why),
		    all[i].e);
		assert_null(share);
		if (strstr(why, all[i].says) == NULL)
			fail_msg("%s", why);
		share_end(&p, share, own);
	}
}

TEST(keeper_paths_and_sockets_have_bounds)
{
	char far[200], why[RING_WHY];
	int fds[KEEPER_LANES + 1] = {0};
	struct ring *share = NULL;

	memset(far, 'x', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	assert_null(keeper_at(far));
	assert_null(keeper_of_sockets(fds, KEEPER_LANES + 1));
	assert_err(ring_of_keeper(NULL, &share, why), ERR_NO_MEMORY);
	keeper_close(NULL);
}

/* A worker that meets a newer key asks its keeper to look again. */
TEST(keeper_is_asked_again_for_a_key_that_is_not_known)
{
	OWN(ring) struct ring *newer = ring_of(RING_WHOLE RING_TWO);
	struct peer p;
	struct ring *share = share_from(&p, HONEST, RING_WHOLE), *own = p.ring;
	uint8_t sealed[SEAL_LEN(8)];
	char plain[8];
	size_t n;

	assert_ok(seal(newer, &here, "password", 8, sealed));
	/* it has none yet, either */
	assert_err(seal_open(share, &here, sealed, sizeof(sealed), plain, &n),
	    ERR_CORRUPT);
	assert_false(ring_has(share, "76543210"));
	p.later = newer;
	assert_ok(seal_open(share, &here, sealed, sizeof(sealed), plain, &n));
	assert_memory_equal(plain, "password", 8);
	assert_string_equal(ring_newest(share), "76543210");
	sealed[SEAL_HEAD] ^= 1; /* damaged, by a key that is known */
	assert_err(seal_open(share, &here, sealed, sizeof(sealed), plain, &n),
	    ERR_CORRUPT);
	share_end(&p, share, own);
}

/* --- by name --- */

/* Its socket is there, its connections break. */
TEST(keeper_at_a_path_is_connected_to_anew)
{
	char dir[] = "/tmp/latchkey-keeper-XXXXXX", path[64], why[RING_WHY];
	struct peer p = {.fd = -1, .habit = CUTS};
	struct ring *share = NULL, *own = ring_of(RING_WHOLE);
	uint8_t sealed[SEAL_LEN(8)];
	char plain[8];
	size_t n;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/keeper", dir);
	p.listener = listen_at(path, 5);
	p.ring = own;
	assert_int_equal(pthread_create(&p.thread, NULL, serve, &p), 0);
	assert_ok(ring_of_keeper(keeper_at(path), &share, why));
	assert_true(keeper_alive(share->keeper));
	for (int i = 0; i < 3; i++) {
		assert_ok(seal(share, &here, "password", 8, sealed));
		assert_ok(
		    seal_open(share, &here, sealed, sizeof(sealed), plain, &n));
		assert_memory_equal(plain, "password", 8);
	}
	assert_true(p.asked >= 7);
	(void)shutdown(p.listener, SHUT_RDWR);
	share_end(&p, share, own);
	(void)close(p.listener);
	(void)unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

/* --- many at once --- */

struct asker {
	struct ring *share;
	enum err e;
	pthread_t thread;
};

static void *
asks(void *arg)
{
	struct asker *a = arg;
	uint8_t sealed[SEAL_LEN(8)];

	for (int i = 0; i < 50 && a->e == ERR_OK; i++)
		a->e = seal(a->share, &here, "password", 8, sealed);
	return NULL;
}

TEST(keeper_lane_is_shared_by_threads_that_wait_their_turn)
{
	struct peer p;
	struct ring *share = share_from(&p, HONEST, RING_WHOLE), *own = p.ring;
	struct asker all[4];

	for (size_t i = 0; i < 4; i++) {
		all[i] = (struct asker){.share = share};
		assert_int_equal(
		    pthread_create(&all[i].thread, NULL, asks, &all[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(all[i].thread, NULL), 0);
		assert_ok(all[i].e);
	}
	assert_int_equal(p.asked, 1 + 4 * 50);
	share_end(&p, share, own);
}

/* --- what is no message --- */

TEST(keeper_messages_that_are_none_are_refused)
{
	static uint8_t b[KEEPER_QUESTION_MAX + 1];
	struct keeper_question q = {.act = KEEPER_HELLO}, r;
	struct keeper_answer a = {.err = ERR_OK, .nonce = 5}, s;
	size_t n = keeper_put_question(&q, b);

	assert_true(n > 0 && keeper_get_question(b, n, &r));
	assert_string_equal(r.at.table, "");
	b[1] = 0;
	assert_false(keeper_get_question(b, n, &r));
	b[1] = KEEPER_HELLO;
	for (int part = 18; part <= 20; part++) {
		b[part] = 1;
		assert_false(keeper_get_question(b, n, &r));
		b[part] = 0;
	}
	assert_false(keeper_get_question(b, KEEPER_QUESTION_MAX + 1, &r));
	keeper_put_answer(&a, b);
	assert_true(keeper_get_answer(b, KEEPER_ANSWER_HEAD, &s));
	assert_int_equal(s.nonce, 5);
	assert_false(keeper_get_answer(b, KEEPER_ANSWER_HEAD - 1, &s));
	assert_false(keeper_get_answer(b, KEEPER_ANSWER_MAX + 1, &s));
	b[1] = ERR_COUNT;
	assert_false(keeper_get_answer(b, KEEPER_ANSWER_HEAD, &s));
	b[1] = 0;
	b[0] = 2;
	assert_false(keeper_get_answer(b, KEEPER_ANSWER_HEAD, &s));
}

TEST(keeper_share_of_strange_identifiers_is_refused)
{
	OWN(ring) struct ring *r = ring_of(RING_WHOLE);
	uint8_t b[RING_SHARE_MAX];
	struct ring *s = NULL;
	size_t n = ring_share_put(r, b);

	for (size_t at = 2; at < 2 + 16; at++) {
		uint8_t was = b[at];

		b[at] = 'G';
		assert_err(ring_share_get(b, n, &s), ERR_CORRUPT);
		b[at] = was;
	}
	b[1] = RING_KEYS_MAX + 1;
	assert_err(ring_share_get(b, n, &s), ERR_CORRUPT);
	b[1] = 0;
	assert_err(ring_share_get(b, n, &s), ERR_CORRUPT);
	assert_null(s);
}
