#include "portal/keeper/guard.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/crypt/keeper_wire.h"
#include "portal/keeper/confine.h"
#include "portal/keeper/watch.h"

/* Both ends of every lane. */
struct lanes {
	int worker[KEEPER_LANES], keeper[KEEPER_LANES];
};

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

static _Noreturn void
guard(const struct conf *conf, const char *user, const struct lanes *l,
    pid_t parent)
{
	struct watched w = {.conf = conf,
	    .user = user,
	    .listener = -1,
	    .lane = l->keeper,
	    .lanes = KEEPER_LANES};
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
	w.ring = ring;
	_exit(watch_keepers(&w));
}

static void
close_lanes(const int *fd, int n)
{
	while (n-- > 0)
		(void)close(fd[n]);
}

static bool
make_lanes(struct lanes *l)
{
	const int room = 2 * KEEPER_QUESTION_MAX;
	int both[2];

	for (int i = 0; i < KEEPER_LANES; i++) {
		if (socketpair(
			AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, both) != 0) {
			close_lanes(l->worker, i);
			close_lanes(l->keeper, i);
			return false;
		}
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
	if (!make_lanes(&l))
		return ERR_IO;
	if ((pid = fork()) == 0)
		guard(conf, user, &l, parent);
	close_lanes(l.keeper, KEEPER_LANES);
	if (pid > 0)
		*out = keeper_of_sockets(l.worker, KEEPER_LANES);
	if (*out == NULL) {
		close_lanes(l.worker, KEEPER_LANES);
		return pid < 0 ? ERR_IO : ERR_NO_MEMORY;
	}
	if (keeper_answers(*out))
		return ERR_OK;
	keeper_close(give(*out));
	return ERR_SEALED;
}
