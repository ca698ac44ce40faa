/* What one worker, or the system, does to a keeper and to its other workers:
 * a socket that is full, a message cut short, a worker that vanishes, calls
 * that fail, no memory. */
#include "tests/unit/starve.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/crypt/keeper_wire.h"
#include "portal/keeper/serve.h"
#include "tests/unit/keeper_ring.h"

enum { SOON_MS = 20000 }; /* for what comes at once, on a busy machine */

/* --- calls of the system that fail, in the keeper's process --- */

enum call { RECV, SEND, POLL, ACCEPT, CALLS };

static struct {
	enum call what;
	int in, with; /* the how manieth from now (0: none), and its errno */
} bad;

static bool
fails(enum call what)
{
	if (bad.in == 0 || bad.what != what || --bad.in > 0)
		return false;
	errno = bad.with;
	return true;
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	return fails(RECV) ? -1
			   : syscall(SYS_recvfrom, fd, p, n, flags, NULL, NULL);
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	return fails(SEND) ? -1 : syscall(SYS_sendto, fd, p, n, flags, NULL, 0);
}

int
accept4(int fd, struct sockaddr *a, socklen_t *n, int flags)
{
	return fails(ACCEPT) ? -1 : (int)syscall(SYS_accept4, fd, a, n, flags);
}

int
poll(struct pollfd *p, nfds_t n, int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	if (n > 0 && fails(POLL))
		return -1;
	return (int)syscall(SYS_ppoll, p, n, ms < 0 ? NULL : &t, NULL, 0);
}

/* As of a build that watches its arrays. */
int __poll_chk(struct pollfd *p, nfds_t n, int ms, size_t room);
int
__poll_chk(struct pollfd *p, nfds_t n, int ms, size_t room)
{
	if (n > room / sizeof(*p))
		abort();
	return poll(p, n, ms);
}

/* libseccomp may crash, or never come back, without memory: it has all that it
 * wants, or does not begin. */
static long starve_on;

scmp_filter_ctx
seccomp_init(uint32_t action)
{
	__typeof__(seccomp_init) *real = dlsym(RTLD_NEXT, "seccomp_init");
	void *(*volatile get)(size_t) = malloc;
	void *p = get(1);

	if (p == NULL)
		return NULL;
	free(p);
	starve_on = starve_in;
	starve_in = 0;
	return real(action);
}

void
seccomp_release(scmp_filter_ctx f)
{
	__typeof__(seccomp_release) *real = dlsym(RTLD_NEXT, "seccomp_release");

	real(f);
	starve_in = starve_on;
}

/* --- a keeper in a process of its own --- */

enum { LANES = 3 };

static const struct seal_place here = {
    .table = "session", .row = "s1", .column = "id_token"};

static struct {
	pid_t pid;
	int lane[LANES], theirs[LANES];
	int listener;
	struct sockaddr_un at;
	socklen_t at_len;
	bool *starved; /* it came to that in its process, as far as is known */
	bool came;     /* of the one that has ended */
	uint8_t in[KEEPER_ANSWER_MAX], out[KEEPER_QUESTION_MAX + 1];
} k;

static _Noreturn void
be_keeper(long starve)
{
	struct conf conf = {
	    .keys = {.reveal_burst = 5, .reveal_per_minute = 1}};
	struct allowance budget = keeper_budget(&conf);
	struct ring *ring = whole_ring();
	int status;

	(void)signal(SIGSEGV, SIG_DFL); /* cmocka's would go on with tests */
	for (int i = 0; i < LANES; i++)
		(void)close(k.lane[i]);
	starved = false;
	starve_in = starve;
	status = keeper_serve(
	    ring, &budget, k.listener, k.theirs, k.listener < 0 ? LANES : 0);
	starve_in = 0;
	*k.starved = starved;
	_exit(status);
}

/* With lanes of its own, or with a socket that anybody connects to. */
static void
keeper_start(bool named, long starve)
{
	int both[2];

	k.listener = -1;
	k.starved = mmap(NULL, sizeof(bool), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(k.starved != MAP_FAILED);
	*k.starved = true;
	for (int i = 0; i < LANES; i++) {
		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, both), 0);
		k.lane[i] = both[0];
		k.theirs[i] = both[1];
	}
	if (named) {
		k.listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
		k.at = (struct sockaddr_un){.sun_family = AF_UNIX};
		/* the system finds it a name that is no file */
		assert_int_equal(
		    bind(k.listener, (const void *)&k.at, sizeof(sa_family_t)),
		    0);
		k.at_len = sizeof(k.at);
		assert_int_equal(
		    getsockname(k.listener, (void *)&k.at, &k.at_len), 0);
		assert_int_equal(listen(k.listener, 64), 0);
	}
	if ((k.pid = fork()) == 0)
		be_keeper(starve);
	assert_true(k.pid > 0);
	for (int i = 0; i < LANES; i++)
		(void)close(k.theirs[i]);
	if (named)
		(void)close(k.listener);
	bad.in = 0; /* was for it */
}

static int
keeper_end(void)
{
	int status = -1;

	for (int i = 0; i < LANES; i++)
		(void)close(k.lane[i]);
	if (k.listener >= 0)
		(void)kill(k.pid, SIGKILL);
	assert_int_equal(waitpid(k.pid, &status, 0), k.pid);
	k.came = *k.starved;
	(void)munmap(k.starved, sizeof(bool));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int
connection(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const void *)&k.at, k.at_len), 0);
	return fd;
}

/* --- questions by hand --- */

static bool
say(int fd, enum keeper_act act, uint64_t nonce, const void *data, size_t len)
{
	const struct keeper_question q = {
	    .act = act, .nonce = nonce, .at = here, .data = data, .len = len};
	size_t n = keeper_put_question(&q, k.out);

	return send(fd, k.out, n, MSG_NOSIGNAL) == (ssize_t)n;
}

/* The next answer on FD within MS; false when there is none, or no more. */
static bool
hear(int fd, int ms, struct keeper_answer *a)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, ms) != 1)
		return false;
	n = recv(fd, k.in, sizeof(k.in), MSG_DONTWAIT);
	return n > 0 && keeper_get_answer(k.in, (size_t)n, a);
}

/* After what was answered before. */
static bool
is_closed(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char b;

	do
		if (poll(&p, 1, SOON_MS) != 1)
			return false;
	while (recv(fd, &b, 1, MSG_DONTWAIT) > 0);
	return true;
}

/* FD is answered, by what it asked for. */
static void
assert_answers(int fd)
{
	static uint64_t nonce = 1000;
	OWN(ring) struct ring *r = whole_ring();
	uint8_t sealed[SEAL_LEN(8)];
	struct keeper_answer a;
	char plain[8];
	size_t n;

	assert_true(say(fd, KEEPER_SEAL, ++nonce, "password", 8));
	assert_true(hear(fd, SOON_MS, &a));
	assert_ok(a.err);
	assert_true(a.nonce == nonce && a.len == sizeof(sealed));
	memcpy(sealed, a.data, sizeof(sealed));
	assert_ok(seal_open(r, &here, sealed, sizeof(sealed), plain, &n));
	assert_memory_equal(plain, "password", 8);
	assert_true(say(fd, KEEPER_OPEN, ++nonce, sealed, sizeof(sealed)));
	assert_true(hear(fd, SOON_MS, &a));
	assert_ok(a.err);
	assert_true(a.nonce == nonce && a.len == 8);
	assert_memory_equal(a.data, "password", 8);
}

/* --- a full socket --- */

TEST(lane_that_is_not_read_loses_its_answers_and_no_other_does)
{
	enum { MANY = 12 };
	static const uint8_t much[KEEPER_DATA_MAX - SEAL_OVERHEAD];
	struct keeper_answer a;
	uint64_t last = 0;
	int heard = 0;

	keeper_start(false, 0);
	for (uint64_t n = 1; n <= MANY; n++)
		assert_true(say(k.lane[0], KEEPER_SEAL, n, much, sizeof(much)));
	assert_answers(k.lane[1]); /* they were all taken from its lane */
	assert_answers(k.lane[2]);
	while (hear(k.lane[0], 0, &a)) {
		assert_ok(a.err);
		assert_int_equal(a.len, SEAL_LEN(sizeof(much)));
		assert_true(a.nonce > last);
		last = a.nonce;
		heard++;
	}
	assert_true(heard > 0 && heard < MANY);
	assert_answers(k.lane[0]); /* and is heard again */
	assert_int_equal(keeper_end(), EXIT_SUCCESS);
}

/* --- messages that are none --- */

TEST(message_that_is_cut_short_ends_a_keeper_whose_lanes_are_its_own)
{
	memset(k.out, 1, sizeof(k.out));
	keeper_start(false, 0);
	assert_answers(k.lane[0]);
	memset(k.out, 0, sizeof(k.out));
	assert_true(say(k.lane[0], KEEPER_SEAL, 1, "x", 1));
	(void)send(k.lane[0], k.out, KEEPER_QUESTION_MAX + 1, MSG_NOSIGNAL);
	assert_true(is_closed(k.lane[1]));
	assert_int_equal(keeper_end(), KEEPER_BROKEN);
}

TEST(connection_that_sends_no_question_is_closed_and_no_other_is)
{
	int fine, odd;

	keeper_start(true, 0);
	fine = connection();
	assert_answers(fine);
	odd = connection();
	assert_answers(odd);
	memset(k.out, 1, sizeof(k.out));
	assert_true(send(odd, k.out, KEEPER_QUESTION_MAX + 1, 0) > 0);
	assert_true(is_closed(odd));
	(void)close(odd);
	for (size_t len = 0; len < 22; len += 7) {
		odd = connection();
		memset(k.out, 1, len);
		assert_int_equal(send(odd, k.out, len, 0), len);
		assert_true(is_closed(odd));
		(void)close(odd);
		assert_answers(fine);
	}
	assert_answers(fine);
	(void)close(fine);
	assert_int_equal(keeper_end(), -SIGKILL); /* only by us */
}

/* --- workers that vanish --- */

TEST(worker_that_vanishes_takes_no_other_along)
{
	struct keeper_answer a;

	keeper_start(false, 0);
	/* before it has read its answer */
	assert_true(say(k.lane[1], KEEPER_HELLO, 1, NULL, 0));
	assert_answers(k.lane[0]);
	(void)close(k.lane[1]);
	assert_answers(k.lane[0]);
	/* before it could have one */
	for (uint64_t n = 1; n < 9; n++)
		assert_true(say(k.lane[2], KEEPER_HELLO, n, NULL, 0));
	(void)close(k.lane[2]);
	assert_answers(k.lane[0]);
	assert_false(hear(k.lane[0], 0, &a));
	k.lane[1] = k.lane[2] = -1;
	assert_int_equal(keeper_end(), EXIT_SUCCESS); /* with the last one */
}

TEST(keeper_has_room_for_so_many_connections_and_the_rest_is_told)
{
	int all[KEEPER_PEERS_MAX], more;

	keeper_start(true, 0);
	for (int i = 0; i < KEEPER_PEERS_MAX; i++) {
		all[i] = connection();
		assert_answers(all[i]);
	}
	more = connection();
	assert_true(is_closed(more));
	(void)close(more);
	assert_answers(all[0]);
	assert_answers(all[KEEPER_PEERS_MAX - 1]);
	(void)close(all[7]);
	/* it may see the new one first */
	assert_answers(all[0]);
	all[7] = connection();
	for (int i = 0; i < KEEPER_PEERS_MAX; i++) {
		assert_answers(all[i]);
		(void)close(all[i]);
	}
	assert_int_equal(keeper_end(), -SIGKILL);
}

TEST(keeper_of_more_lanes_than_it_has_room_for_does_not_start)
{
	struct allowance budget = allowance_make(1, 1, 0);
	OWN(ring) struct ring *r = whole_ring();
	int fd[KEEPER_PEERS_MAX + 1] = {0};

	assert_int_equal(keeper_serve(r, &budget, -1, fd, KEEPER_PEERS_MAX + 1),
	    EXIT_FAILURE);
}

/* --- calls that fail --- */

/* Three questions on a lane when CALL number N fails WITH: WANT are answered,
 * or it is closed (-1). The other lanes are answered, whatever it is. */
static void
assert_answered_when(enum call call, int n, int with, int want)
{
	struct keeper_answer a;

	bad = (typeof(bad)){.what = call, .in = n, .with = with};
	keeper_start(false, 0);
	for (uint64_t i = 1; i <= 3; i++)
		(void)say(k.lane[0], KEEPER_HELLO, i, NULL, 0);
	for (int i = 0; i < want; i++) {
		assert_true(hear(k.lane[0], SOON_MS, &a));
		assert_ok(a.err);
	}
	assert_true(want >= 0 || is_closed(k.lane[0]));
	assert_answers(k.lane[1]);
	assert_answers(k.lane[2]);
	if (want >= 0) {
		assert_false(hear(k.lane[0], 0, &a));
		assert_answers(k.lane[0]);
	}
	assert_int_equal(keeper_end(), EXIT_SUCCESS);
}

TEST(call_that_fails_for_now_costs_an_answer_at_most)
{
	static const int now[] = {EAGAIN, EINTR, ENOMEM, ENOBUFS};

	for (size_t i = 0; i < sizeof(now) / sizeof(*now); i++) {
		assert_answered_when(RECV, 2, now[i], 3);
		assert_answered_when(SEND, 2, now[i], 2);
		if (now[i] != ENOBUFS)
			assert_answered_when(POLL, 2, now[i], 3);
	}
}

TEST(lane_that_is_broken_ends_and_no_other_does)
{
	assert_answered_when(RECV, 2, ECONNRESET, -1);
	assert_answered_when(SEND, 1, EPIPE, -1);
}

/* Whoever started it is to know that it was not its last worker that went. */
TEST(keeper_that_cannot_wait_any_more_says_that_it_failed)
{
	bad = (typeof(bad)){.what = POLL, .in = 3, .with = EFAULT};
	keeper_start(false, 0);
	(void)say(k.lane[0], KEEPER_HELLO, 1, NULL, 0);
	(void)say(k.lane[0], KEEPER_HELLO, 2, NULL, 0);
	(void)say(k.lane[0], KEEPER_HELLO, 3, NULL, 0);
	assert_true(is_closed(k.lane[1]));
	assert_int_equal(keeper_end(), EXIT_FAILURE);
}

TEST(connection_that_could_not_be_taken_is_taken_later)
{
	static const int now[] = {EMFILE, ENOMEM, ECONNABORTED};

	for (size_t i = 0; i < sizeof(now) / sizeof(*now); i++) {
		int fd, other;

		bad = (typeof(bad)){.what = ACCEPT, .in = 2, .with = now[i]};
		keeper_start(true, 0);
		fd = connection();
		assert_answers(fd);
		other = connection();
		assert_answers(other);
		assert_answers(fd);
		(void)close(fd);
		(void)close(other);
		assert_int_equal(keeper_end(), -SIGKILL);
	}
}

/* --- no memory --- */

/* The keeper fails as it starts, or answers: what it is, and that once only.
 * False when it had all that it wanted. */
static bool
assert_poor_keeper_is_honest(int *answered)
{
	OWN(ring) struct ring *r = whole_ring();
	uint8_t sealed[SEAL_LEN(8)];
	struct keeper_answer a;
	int wrong = 0;

	assert_ok(seal(r, &here, "password", 8, sealed));
	for (uint64_t n = 1; n <= 6; n++) {
		if (!say(k.lane[n % LANES], n < 3 ? KEEPER_SEAL : KEEPER_OPEN,
			n, sealed, sizeof(sealed)) ||
		    !hear(k.lane[n % LANES], SOON_MS, &a)) {
			assert_int_equal(n, 1); /* it did not start */
			assert_int_equal(keeper_end(), EXIT_FAILURE);
			return true;
		}
		assert_true(a.nonce == n);
		assert_true(a.err == ERR_OK || a.err == ERR_NO_MEMORY ||
			    (a.err == ERR_INTERNAL && n < 3));
		assert_true(a.err == ERR_OK || a.len == 0);
		wrong += a.err != ERR_OK;
	}
	assert_true(wrong <= 1);
	++*answered;
	assert_int_equal(keeper_end(), EXIT_SUCCESS);
	return k.came;
}

TEST(keeper_without_memory_fails_as_it_starts_or_says_it_and_goes_on)
{
	bool came = true;
	int answered = 0;

	if (!starve_in_front())
		skip();
	for (long n = 1; came; n++) {
		keeper_start(false, n);
		came = assert_poor_keeper_is_honest(&answered);
	}
	assert_true(answered > 1); /* not all of it was at the start */
}
