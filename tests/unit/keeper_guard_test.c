/* Who starts a keeper, and the next one: the guard of a portal, and the program
 * of its own unit. */
#include "tests/unit/test.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/crypt/keeper.h"
#include "core/crypt/ring.h"
#include "portal/keeper/guard.h"
#include "portal/keeper/serve.h"

int keeper_main(int argc, char **argv);
#define main keeper_main
#include "portal/keeper/main.c"
#undef main

enum { SOON_MS = 20000 }; /* for what comes at once, on a busy machine */

/* --- calls that fail --- */

static bool no_fork;
static int no_pair_in; /* 0: none fails */
pid_t __libc_fork(void);

pid_t
fork(void)
{
	if (!no_fork)
		return __libc_fork();
	errno = EAGAIN;
	return -1;
}

int
socketpair(int domain, int type, int protocol, int both[2])
{
	if (no_pair_in == 0 || --no_pair_in > 0)
		return (int)syscall(
		    SYS_socketpair, domain, type, protocol, both);
	errno = EMFILE;
	return -1;
}

/* --- a master key, and a configuration of it --- */

static char dir[] = "/tmp/latchkey-guard-XXXXXX", key[64], file[64], at[64];
static char said[4096]; /* by a program that has ended */
static struct conf conf;

static void
furnish(void)
{
	char why[RING_WHY];
	FILE *f;

	memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(dir));
	(void)snprintf(key, sizeof(key), "%s/master.key", dir);
	(void)snprintf(file, sizeof(file), "%s/latchkey.conf", dir);
	(void)snprintf(at, sizeof(at), "%s/keeper.sock", dir);
	assert_ok(ring_create(key, why));
	assert_non_null(f = fopen(file, "w"));
	assert_true(fprintf(f,
			"keys { master_key = \"%s\" reveal_burst = 2 "
			"reveal_per_minute = 1 }\n",
			key) > 0);
	assert_int_equal(fclose(f), 0);
	conf = (struct conf){
	    .keys = {
		.master_key = key, .reveal_burst = 2, .reveal_per_minute = 1}};
}

static void
clear(void)
{
	(void)unlink(key);
	(void)unlink(file);
	(void)unlink(at);
	assert_int_equal(rmdir(dir), 0);
}

static void
rest(void)
{
	const struct timespec t = {0, 1000000};

	(void)nanosleep(&t, NULL);
}

/* --- processes --- */

static pid_t
parent_of(pid_t pid)
{
	char path[32], line[512] = "", *p;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return -1;
	if (fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	(void)fclose(f);
	p = strrchr(line, ')');
	return p != NULL && p[2] != 'Z' ? (pid_t)strtol(p + 4, NULL, 10) : -1;
}

/* One that is not BUT; 0: none. */
static pid_t
child_of(pid_t pid, pid_t but)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	assert_non_null(d);
	while (found == 0 && (e = readdir(d)) != NULL) {
		pid_t p = (pid_t)strtol(e->d_name, NULL, 10);

		if (p > 0 && p != but && parent_of(p) == pid)
			found = p;
	}
	(void)closedir(d);
	return found;
}

static pid_t
next_child_of(pid_t pid, pid_t but)
{
	pid_t p = 0;

	for (int ms = 0; p == 0 && ms < SOON_MS; ms++, rest())
		p = child_of(pid, but);
	assert_true(p > 0);
	return p;
}

static uid_t
owner_of(pid_t pid)
{
	char path[32], line[256];
	long uid = -1;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	assert_non_null(f = fopen(path, "r"));
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "Uid:\t", 5) == 0)
			uid = strtol(line + 5, NULL, 10);
	(void)fclose(f);
	return (uid_t)uid;
}

enum { ANY = -1 };

static int
end_of(pid_t pid)
{
	int status = -1;

	assert_true(waitpid(pid, &status, 0) > 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int
lowest_free(void)
{
	int fd = dup(STDIN_FILENO);

	assert_true(fd >= 0);
	(void)close(fd);
	return fd;
}

/* --- what it does for a worker --- */

static enum err
opens(const struct ring *share, const char *row)
{
	const struct seal_place place = {.table = "wifi_key",
	    .row = row,
	    .column = "passphrase",
	    .generation = 1};
	uint8_t sealed[SEAL_LEN(8)];
	char plain[8] = "";
	size_t n;
	enum err e;

	assert_ok(seal(share, &place, "password", 8, sealed));
	e = seal_open(share, &place, sealed, sizeof(sealed), plain, &n);
	if (e == ERR_OK)
		assert_memory_equal(plain, "password", 8);
	return e;
}

static struct ring *
share_of(struct keeper *k)
{
	struct ring *share = NULL;
	char why[RING_WHY];

	assert_ok(ring_of_keeper(k, &share, why));
	return share;
}

/* --- the guard --- */

TEST(guard_starts_a_keeper_and_the_next_one_and_ends_with_the_last_worker)
{
	OWN(ring) struct ring *share = NULL;
	struct keeper *k;
	pid_t guards, was;

	furnish();
	assert_ok(guard_start(&conf, "", &k));
	share = share_of(k);
	assert_ok(opens(share, "k1"));
	guards = next_child_of(getpid(), 0);
	was = next_child_of(guards, 0);
	assert_int_equal(kill(was, SIGKILL), 0);
	(void)next_child_of(guards, was);
	assert_ok(opens(share, "k1"));
	assert_true(keeper_alive(share->keeper));
	ring_free(give(share));
	assert_int_equal(end_of(guards), EXIT_SUCCESS);
	clear();
}

/* B-4: a worker that was taken over gets no more of them by that. */
TEST(keeper_that_follows_another_has_no_new_budget)
{
	OWN(ring) struct ring *share = NULL;
	struct keeper *k;
	pid_t guards, was;

	furnish();
	assert_ok(guard_start(&conf, "", &k));
	share = share_of(k);
	guards = next_child_of(getpid(), 0);
	assert_ok(opens(share, "k1"));
	for (int i = 0; i < 3; i++) {
		was = next_child_of(guards, 0);
		ring_free(keeper_renewed(k)); /* the next one */
		(void)next_child_of(guards, was);
	}
	assert_ok(opens(share, "k2"));
	assert_err(opens(share, "k3"), ERR_THROTTLED);
	was = next_child_of(guards, 0);
	ring_free(keeper_renewed(k));
	(void)next_child_of(guards, was);
	assert_err(opens(share, "k3"), ERR_THROTTLED);
	was = next_child_of(guards, 0);
	assert_int_equal(kill(was, SIGKILL), 0);
	(void)next_child_of(guards, was);
	assert_err(opens(share, "k3"), ERR_THROTTLED);
	assert_ok(opens(share, "k2")); /* which is one opening */
	ring_free(give(share));
	assert_int_equal(end_of(guards), EXIT_SUCCESS);
	clear();
}

TEST(keeper_that_follows_another_has_the_new_master_key)
{
	OWN(ring) struct ring *share = NULL;
	OWN(ring) struct ring *fresh = NULL;
	char why[RING_WHY], was[RING_ID_TEXT];
	struct keeper *k;
	pid_t guards;

	furnish();
	assert_ok(guard_start(&conf, "", &k));
	share = share_of(k);
	guards = next_child_of(getpid(), 0);
	text_copy(was, sizeof(was), ring_newest(share));
	assert_ok(ring_add(key, why));
	for (int ms = 0; fresh == NULL && ms < SOON_MS; ms++, rest())
		fresh = keeper_renewed(k);
	assert_non_null(fresh);
	assert_string_not_equal(ring_newest(fresh), was);
	assert_true(ring_has(fresh, was));
	/* a file that is none is not followed */
	assert_int_equal(truncate(key, 5), 0);
	ring_free(give(fresh));
	for (int ms = 0; fresh == NULL && ms < SOON_MS; ms++, rest())
		fresh = keeper_renewed(k);
	assert_non_null(fresh);
	assert_true(ring_has(fresh, was));
	ring_free(give(share));
	assert_int_equal(end_of(guards), EXIT_SUCCESS);
	clear();
}

TEST(worker_that_sends_what_no_worker_sends_ends_guard_and_keeper)
{
	const int lane = lowest_free(); /* the first that is made */
	struct keeper *k;
	pid_t guards;

	furnish();
	assert_ok(guard_start(&conf, "", &k));
	guards = next_child_of(getpid(), 0);
	assert_int_equal(send(lane, "GET /", 5, MSG_NOSIGNAL), 5);
	assert_int_equal(end_of(guards), KEEPER_BROKEN);
	assert_false(keeper_alive(k));
	keeper_close(k);
	clear();
}

TEST(keeper_does_not_outlive_its_guard)
{
	struct keeper *k;
	pid_t guards, keeper;

	furnish();
	assert_ok(guard_start(&conf, "", &k));
	guards = next_child_of(getpid(), 0);
	keeper = next_child_of(guards, 0);
	assert_int_equal(kill(guards, SIGTERM), 0); /* is for the portal */
	assert_true(keeper_answers(k));
	assert_int_equal(kill(guards, SIGKILL), 0);
	assert_int_equal(end_of(guards), -SIGKILL);
	for (int ms = 0; parent_of(keeper) > 0 && ms < SOON_MS; ms++)
		rest();
	assert_true(parent_of(keeper) <= 0);
	assert_false(keeper_alive(k));
	assert_false(keeper_answers(k));
	keeper_close(k);
	clear();
}

TEST(keeper_becomes_another_user_or_none)
{
	const struct passwd *nobody = getpwnam("nobody");
	struct keeper *k;
	pid_t guards;

	if (geteuid() != 0 || nobody == NULL)
		skip();
	furnish();
	assert_err(guard_start(&conf, "no-such-user-x", &k), ERR_SEALED);
	assert_null(k);
	assert_int_equal(end_of(ANY), EXIT_FAILURE);
	assert_ok(guard_start(&conf, "nobody", &k));
	guards = next_child_of(getpid(), 0);
	assert_int_equal(owner_of(guards), 0);
	assert_int_equal(owner_of(next_child_of(guards, 0)), nobody->pw_uid);
	keeper_close(k);
	assert_int_equal(end_of(guards), EXIT_SUCCESS);
	clear();
}

TEST(guard_that_cannot_start_leaves_nothing_open)
{
	const int first = lowest_free();
	struct keeper *k = (void *)dir;

	furnish();
	no_fork = true;
	assert_err(guard_start(&conf, "", &k), ERR_IO);
	no_fork = false;
	assert_null(k);
	assert_int_equal(lowest_free(), first);
	for (int n = 1; n <= KEEPER_LANES; n += KEEPER_LANES - 1) {
		no_pair_in = n;
		assert_err(guard_start(&conf, "", &k), ERR_IO);
		assert_int_equal(no_pair_in, 0);
	}
	assert_null(k);
	assert_int_equal(lowest_free(), first);
	assert_int_equal(unlink(key), 0);
	assert_err(guard_start(&conf, "", &k), ERR_SEALED);
	assert_null(k);
	assert_int_equal(lowest_free(), first);
	assert_true(end_of(ANY) > 0);
	clear();
}

/* --- the program --- */

static char myself[] = "latchkey-keeper";

static int
arguments(char **argv)
{
	int n = 0;

	while (argv[n] != NULL)
		n++;
	return n;
}

/* The program in a process of its own; what it says goes to *OUT. */
static pid_t
program(int *out, char **argv)
{
	int both[2];
	pid_t pid;

	assert_int_equal(pipe(both), 0);
	(void)fflush(NULL);
	if ((pid = fork()) == 0) {
		(void)dup2(both[1], STDERR_FILENO);
		(void)dup2(both[1], STDOUT_FILENO);
		(void)close(both[0]);
		(void)close(both[1]);
		optind = 0;
		int status = keeper_main(arguments(argv), argv);
		(void)fflush(NULL);
		_exit(status);
	}
	(void)close(both[1]);
	*out = both[0];
	return pid;
}

static int
ends(char **argv)
{
	size_t len = 0;
	ssize_t n;
	int out;
	pid_t pid = program(&out, argv);

	while (len < sizeof(said) - 1 &&
	       (n = read(out, said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	(void)close(out);
	return end_of(pid);
}

#define ENDS(...) ends((char *[]){myself, __VA_ARGS__, NULL})

static void
assert_said(const char *what)
{
	if (strstr(said, what) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", what, said);
}

TEST(keeper_program_says_how_it_is_called)
{
	static char h[] = "-h", v[] = "-V", x[] = "-x", c[] = "-c",
		    more[] = "y";

	assert_int_equal(ENDS(h), 0);
	assert_said("usage: latchkey-keeper [-c FILE]");
	assert_int_equal(ENDS(v), 0);
	assert_said("latchkey-keeper " LATCHKEY_VERSION);
	assert_int_equal(ENDS(x), EX_USAGE);
	assert_said("usage: ");
	assert_int_equal(ENDS(c), EX_USAGE);
	assert_int_equal(ENDS(more), EX_USAGE);
	assert_said("usage: ");
}

TEST(keeper_program_says_what_it_lacks)
{
	static char c[] = "-c", s[] = "-s", none[] = "/nowhere/latchkey.conf";
	static char nowhere[] = "/nowhere/keeper.sock", far[200];
	mode_t mask = umask(022);

	furnish();
	assert_int_equal(ENDS(c, none), EX_CONFIG);
	assert_said(none);
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	assert_int_equal(ENDS(c, file), EX_USAGE);
	assert_said("no socket was inherited");
	assert_int_equal(ENDS(c, file, s, nowhere), EX_USAGE);
	assert_said("No such file or directory");
	memset(far, 'x', sizeof(far) - 1);
	assert_int_equal(ENDS(c, file, s, far), EX_USAGE);
	assert_said("File name too long");
	assert_int_equal(unlink(key), 0);
	assert_int_equal(ENDS(c, file, s, at), EX_CONFIG);
	assert_said("keeper.cannot-start");
	assert_said(key);
	(void)umask(mask);
	clear();
}

/* Its budget is that of all keepers it has started. */
TEST(keeper_program_answers_at_its_socket_and_starts_the_next_one)
{
	static char c[] = "-c", s[] = "-s";
	char *argv[] = {myself, c, file, s, at, NULL};
	OWN(ring) struct ring *share = NULL;
	struct keeper *k;
	struct stat st;
	pid_t pid, was;
	int out;

	furnish();
	pid = program(&out, argv);
	assert_non_null(k = keeper_at(at));
	share = share_of(k);
	assert_int_equal(stat(at, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_ok(opens(share, "k1"));
	assert_ok(opens(share, "k2"));
	was = next_child_of(pid, 0);
	ring_free(keeper_renewed(k));
	was = next_child_of(pid, was);
	assert_err(opens(share, "k3"), ERR_THROTTLED);
	assert_int_equal(kill(was, SIGKILL), 0);
	was = next_child_of(pid, was);
	assert_err(opens(share, "k3"), ERR_THROTTLED);
	assert_ok(opens(share, "k2"));
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(end_of(pid), -SIGTERM);
	for (int ms = 0; parent_of(was) > 0 && ms < SOON_MS; ms++)
		rest();
	assert_true(parent_of(was) <= 0);
	(void)close(out);
	clear();
}

/* sd_listen_fds(3): one socket, which is number 3, for this process. */
TEST(keeper_program_takes_the_socket_that_was_made_for_it)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	static const char *const sets[][2] = {
	    {NULL, "1"}, {"1", "1"}, {"", NULL}, {"", "2"}, {"", "1"}};

	furnish();
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s", at);
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		OWN(ring) struct ring *share = NULL;
		const bool fine = i == sizeof(sets) / sizeof(*sets) - 1;
		pid_t pid;

		(void)unlink(at);
		if ((pid = fork()) == 0) {
			static char c[] = "-c";
			char *argv[] = {myself, c, file, NULL}, own[16];
			int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

			(void)bind(fd, (void *)&a, sizeof(a));
			(void)listen(fd, 5);
			(void)dup2(fd, 3);
			(void)snprintf(own, sizeof(own), "%d", (int)getpid());
			(void)unsetenv("LISTEN_PID");
			(void)unsetenv("LISTEN_FDS");
			if (sets[i][0] != NULL)
				(void)setenv("LISTEN_PID",
				    *sets[i][0] ? sets[i][0] : own, 1);
			if (sets[i][1] != NULL)
				(void)setenv("LISTEN_FDS", sets[i][1], 1);
			optind = 0;
			_exit(keeper_main(3, argv));
		}
		if (!fine) {
			assert_int_equal(end_of(pid), EX_USAGE);
			continue;
		}
		share = share_of(keeper_at(at));
		assert_ok(opens(share, "k1"));
		assert_int_equal(kill(pid, SIGTERM), 0);
		assert_int_equal(end_of(pid), -SIGTERM);
	}
	clear();
}
