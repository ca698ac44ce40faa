#include "portal/keeper/guard.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/crypt/keeper_wire.h"
#include "portal/keeper/confine.h"
#include "portal/keeper/serve.h"

enum { AGAIN_MS = 100 };

/* Both ends of every lane. */
struct lanes {
	int worker[KEEPER_LANES], keeper[KEEPER_LANES];
};

static bool
become(const char *user)
{
	const struct passwd *p;

	if (geteuid() != 0 || *user == '\0')
		return true;
	if ((p = getpwnam(user)) == NULL) {
		LOG(ERROR, "keeper.no-such-user", LOG_S("user", user));
		return false;
	}
	return setgroups(1, &p->pw_gid) == 0 &&
	       setresgid(p->pw_gid, p->pw_gid, p->pw_gid) == 0 &&
	       setresuid(p->pw_uid, p->pw_uid, p->pw_uid) == 0;
}

/* Nothing but the lanes and the standard streams is open here. */
static void
close_others(const struct lanes *l)
{
	unsigned first = STDERR_FILENO + 1;

	/* the lanes were made in order, so their descriptors rise */
	for (int i = 0; i < KEEPER_LANES; i++) {
		unsigned fd = (unsigned)l->keeper[i];

		if (fd > first)
			(void)close_range(first, fd - 1, 0);
		first = fd + 1;
	}
	(void)close_range(first, ~0U, 0);
}

/* Signals are for the portal; this ends with it (SIGKILL). */
static void
ignore_signals(void)
{
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
}

static pid_t
start_keeper(const struct conf *conf, const char *user, const struct ring *ring,
    const struct lanes *l)
{
	const pid_t guard = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_NAME, "latchkey-keeper", 0, 0, 0);
	if (!become(user) || !confine_process(guard))
		_exit(EXIT_FAILURE);
	_exit(keeper_serve(conf, ring, -1, l->keeper, KEEPER_LANES));
}

/* The guard: never returns. */
static void
watch(const struct conf *conf, const char *user, const struct ring *ring,
    const struct lanes *l)
{
	const struct timespec rest = {0, AGAIN_MS * 1000000L};
	int status;
	pid_t pid;

	for (;;) {
		if ((pid = start_keeper(conf, user, ring, l)) < 0)
			_exit(EXIT_FAILURE);
		while (waitpid(pid, &status, 0) != pid)
			;
		if (WIFEXITED(status) && WEXITSTATUS(status) == KEEPER_AGAIN) {
			(void)ring_refresh(ring);
			continue;
		}
		if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
			_exit(EXIT_SUCCESS); /* nobody is there any more */
		LOG(ERROR, "keeper.ended",
		    LOG_I("exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
		    LOG_I(
			"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
		if (WIFEXITED(status))
			_exit(WEXITSTATUS(status));
		(void)nanosleep(&rest, NULL);
	}
}

static void
guard(const struct conf *conf, const char *user, const struct lanes *l,
    pid_t parent)
{
	struct ring *ring;
	char why[RING_WHY] = "";

	close_others(l);
	(void)prctl(PR_SET_NAME, "latchkey-guard", 0, 0, 0);
	ignore_signals();
	if (ring_load(conf->keys.master_key, &ring, why) != ERR_OK) {
		LOG(ERROR, "portal.cannot-start", LOG_S("why", why));
		_exit(EXIT_FAILURE);
	}
	if (!confine_process(parent))
		_exit(EXIT_FAILURE);
	watch(conf, user, ring, l);
}

static bool
make_lanes(struct lanes *l)
{
	const int room = 2 * KEEPER_QUESTION_MAX;
	int both[2];

	for (int i = 0; i < KEEPER_LANES; i++) {
		if (socketpair(
			AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, both) != 0)
			return false;
		for (int j = 0; j < 2; j++)
			(void)setsockopt(both[j], SOL_SOCKET, SO_SNDBUF, &room,
			    sizeof(room));
		l->worker[i] = both[0];
		l->keeper[i] = both[1];
	}
	return true;
}

enum err
guard_start(const struct conf *conf, const char *user, struct keeper **out)
{
	const pid_t parent = getpid();
	struct lanes l;
	pid_t pid;

	*out = NULL;
	if (!make_lanes(&l) || (pid = fork()) < 0)
		return ERR_IO;
	if (pid == 0)
		guard(conf, user, &l, parent);
	for (int i = 0; i < KEEPER_LANES; i++)
		(void)close(l.keeper[i]);
	*out = keeper_of_sockets(l.worker, KEEPER_LANES);
	if (*out == NULL)
		return ERR_NO_MEMORY;
	if (keeper_answers(*out))
		return ERR_OK;
	keeper_close(give(*out));
	return ERR_SEALED;
}
