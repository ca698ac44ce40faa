#include "portal/keeper/watch.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/log.h"
#include "portal/keeper/confine.h"
#include "portal/keeper/serve.h"

enum { AGAIN_MS = 100 };

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

static pid_t
start(const struct watched *w, struct allowance *budget)
{
	const pid_t watcher = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	(void)prctl(PR_SET_NAME, "latchkey-keeper", 0, 0, 0);
	if (!become(w->user) || !confine_process(watcher))
		_exit(EXIT_FAILURE);
	_exit(keeper_serve(w->ring, budget, w->listener, w->lane, w->lanes));
}

/* Of a keeper that was killed. */
static void
tell(int status)
{
	const struct timespec rest = {0, AGAIN_MS * 1000000L};

	LOG(ERROR, "keeper.ended", LOG_I("signal", WTERMSIG(status)));
	(void)nanosleep(&rest, NULL);
}

int
watch_keepers(const struct watched *w)
{
	struct allowance *budget = mmap(NULL, sizeof(*budget),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	pid_t pid;

	if (budget == MAP_FAILED)
		return EXIT_FAILURE;
	*budget = keeper_budget(w->conf);
	for (;;) {
		if ((pid = start(w, budget)) < 0)
			return EXIT_FAILURE;
		while (waitpid(pid, &status, 0) != pid)
			;
		if (!WIFEXITED(status))
			tell(status);
		else if (WEXITSTATUS(status) == KEEPER_AGAIN)
			(void)ring_refresh(w->ring);
		else
			break;
	}
	(void)munmap(budget, sizeof(*budget));
	if (WEXITSTATUS(status) != EXIT_SUCCESS)
		LOG(ERROR, "keeper.ended", LOG_I("exit", WEXITSTATUS(status)));
	return WEXITSTATUS(status);
}
