#include "cli/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/reload.h"
#include "core/base/clock.h"
#include "core/base/log.h"

enum { EX_CONFIG_ = 78, FIRST = 3, PARKED = 200 };

/* Sockets to 3, 4, ... without treading on one another on the way. */
static void
hand_over(const struct child *c)
{
	char count[16], pid[16], names[1024] = "";
	size_t at = 0;

	for (int i = 0; i < c->nsockets; i++)
		if (dup2(c->socket[i].fd, PARKED + i) < 0)
			_exit(127);
	for (int i = 0; i < c->nsockets; i++) {
		if (dup2(PARKED + i, FIRST + i) < 0)
			_exit(127);
		(void)close(PARKED + i);
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
		    i ? ":" : "", c->socket[i].name);
	}
	(void)snprintf(count, sizeof(count), "%d", c->nsockets);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	(void)setenv("LISTEN_FDS", count, 1);
	(void)setenv("LISTEN_PID", pid, 1);
	(void)setenv("LISTEN_FDNAMES", names, 1);
}

static void
become(const struct child *c, pid_t parent)
{
	sigset_t none;

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	hand_over(c);
	(void)execl(c->program, c->program, "-c", c->conf_path, (char *)NULL);
	LOG(ERROR, "run.exec_failed", LOG_S("program", c->program),
	    LOG_S("reason", strerror(errno)));
	_exit(127);
}

static void
begin(struct child *c)
{
	pid_t parent = getpid();

	c->started = clock_mono_ms();
	c->again_at = 0;
	if ((c->pid = fork()) == 0)
		become(c, parent);
	if (c->pid < 0) {
		c->pid = 0;
		c->again_at = c->started + SUPERVISE_BACKOFF_MAX_MS;
		LOG(ERROR, "run.fork_failed", LOG_S("program", c->program));
	}
}

static void
ended(struct child *c, int status)
{
	int64_t now = clock_mono_ms();

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
	    now - c->started >= SUPERVISE_ASKED_MS)
		c->backoff = 0; /* somebody restarts it: those who ask wait */
	else if (now - c->started >= SUPERVISE_STEADY_MS || c->backoff == 0)
		c->backoff = SUPERVISE_BACKOFF_MS;
	else if (c->backoff < SUPERVISE_BACKOFF_MAX_MS)
		c->backoff *= 2;
	c->pid = 0;
	c->again_at = now + c->backoff;
	LOG(WARN, "run.ended", LOG_S("program", c->program),
	    LOG_I("exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
	    LOG_I("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
	    LOG_I("again_ms", c->backoff));
}

/* Everyone who has ended; 78 when one of them cannot use the configuration. */
static int
reap(struct child *children, int n, bool stopping)
{
	int status, verdict = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < n; i++)
			if (children[i].pid == pid) {
				if (stopping)
					children[i].pid = 0;
				else
					ended(&children[i], status);
				if (WIFEXITED(status) &&
				    WEXITSTATUS(status) == EX_CONFIG_)
					verdict = EX_CONFIG_;
			}
	return verdict;
}

static void
tell(const struct child *children, int n, int sig)
{
	for (int i = 0; i < n; i++)
		if (children[i].pid > 0)
			(void)kill(children[i].pid, sig);
}

static bool
any(const struct child *children, int n)
{
	for (int i = 0; i < n; i++)
		if (children[i].pid > 0)
			return true;
	return false;
}

static void
stop(struct child *children, int n, int sfd)
{
	int64_t end = clock_mono_ms() + SUPERVISE_STOP_MS;
	struct signalfd_siginfo s;

	tell(children, n, SIGTERM);
	while (any(children, n) && clock_mono_ms() < end) {
		struct pollfd p = {.fd = sfd, .events = POLLIN};

		(void)poll(&p, 1, 100);
		while (read(sfd, &s, sizeof(s)) == (ssize_t)sizeof(s))
			continue;
		(void)reap(children, n, true);
	}
	tell(children, n, SIGKILL);
	while (any(children, n) && waitpid(-1, NULL, 0) > 0)
		continue;
}

static int
until_next(const struct child *children, int n)
{
	int64_t now = clock_mono_ms(), wait = 60000;

	for (int i = 0; i < n; i++)
		if (children[i].pid == 0 && children[i].again_at - now < wait)
			wait = children[i].again_at - now;
	return wait < 0 ? 0 : (int)wait;
}

/* Certificates are read again by who is there; another configuration is for
 * who comes next, and the sockets wait meanwhile; a bad one is for nobody. */
static void
reload(const struct child *children, int n, uint8_t seen[static HASH_LEN])
{
	char why[CONF_WHY];

	switch (reload_look(children[0].conf_path, seen, why)) {
	case RELOAD_SAME:
		tell(children, n, SIGHUP);
		break;
	case RELOAD_NEW:
		LOG(INFO, "run.reloaded");
		tell(children, n, SIGTERM);
		break;
	case RELOAD_BAD:
		LOG(ERROR, "run.kept", LOG_S("why", why));
		break;
	}
}

/* True when it is time to end. */
static bool
signalled(struct child *children, int n, int sfd, uint8_t seen[static HASH_LEN])
{
	struct signalfd_siginfo s;
	bool end = false;

	while (read(sfd, &s, sizeof(s)) == (ssize_t)sizeof(s)) {
		if (s.ssi_signo == SIGTERM || s.ssi_signo == SIGINT)
			end = true;
		if (s.ssi_signo == SIGHUP)
			reload(children, n, seen);
	}
	return end;
}

int
supervise(struct child *children, int n)
{
	uint8_t seen[HASH_LEN];
	sigset_t ours;
	int sfd, verdict = 0;
	bool end = false;

	reload_seen(children[0].conf_path, seen);
	(void)sigemptyset(&ours);
	(void)sigaddset(&ours, SIGTERM);
	(void)sigaddset(&ours, SIGINT);
	(void)sigaddset(&ours, SIGHUP);
	(void)sigaddset(&ours, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &ours, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	if ((sfd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		return 1;
	for (int i = 0; i < n; i++)
		begin(&children[i]);
	LOG(INFO, "run.started", LOG_I("programs", n));
	while (!end && verdict == 0) {
		struct pollfd p = {.fd = sfd, .events = POLLIN};

		(void)poll(&p, 1, until_next(children, n));
		end = signalled(children, n, sfd, seen);
		verdict = reap(children, n, false);
		for (int i = 0; i < n && !end && verdict == 0; i++)
			if (children[i].pid == 0 &&
			    children[i].again_at <= clock_mono_ms())
				begin(&children[i]);
	}
	stop(children, n, sfd);
	(void)close(sfd);
	LOG(INFO, "run.stopped", LOG_I("exit", verdict));
	return verdict;
}
