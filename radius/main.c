#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/log.h"
#include "radius/radsec/server.h"

/* sysexits(3) */
enum { EXIT_USAGE = 64, EXIT_OSERR = 71, EXIT_CONFIG = 78 };

static int
usage(FILE *f, int code)
{
	(void)fprintf(f, "usage: latchkey-radius [-c FILE] [-V]\n"
			 "Answers access points. -c: the configuration "
			 "(" CONF_PATH ").\n");
	return code;
}

/* Keys of people are in this memory: it is written to no file. */
static void
no_dumps(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* The kernel forgets with the old user that we end with our supervisor
 * (prctl(2), PR_SET_PDEATHSIG). */
static void
end_with(pid_t parent, int sig)
{
	if (sig == 0)
		return;
	(void)prctl(PR_SET_PDEATHSIG, sig);
	if (getppid() != parent)
		(void)raise(sig);
}

static bool
drop(const char *user, char why[static CONF_WHY])
{
	const struct passwd *p;
	pid_t parent = getppid();
	int sig = 0;

	if (geteuid() != 0)
		return true;
	(void)prctl(PR_GET_PDEATHSIG, &sig);
	if ((p = getpwnam(user)) == NULL) {
		(void)snprintf(
		    why, CONF_WHY, "radius.user: there is no user %s", user);
		return false;
	}
	if (initgroups(p->pw_name, p->pw_gid) != 0 ||
	    setresgid(p->pw_gid, p->pw_gid, p->pw_gid) != 0 ||
	    setresuid(p->pw_uid, p->pw_uid, p->pw_uid) != 0) {
		(void)snprintf(why, CONF_WHY, "cannot become %s: %s", user,
		    strerror(errno));
		return false;
	}
	end_with(parent, sig);
	return true;
}

static int
fail(const char *why, int code)
{
	LOG(ERROR, "radius.not_started", LOG_S("why", why));
	return code;
}

static void
block_signals(void)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, NULL);
}

static int
start(const char *path)
{
	OWN(conf) struct conf *conf = NULL;
	OWN(ring) struct ring *ring = NULL;
	struct server *server = NULL;
	struct sockets s = {.n = 0};
	struct run_part part;
	char why[CONF_WHY] = "";
	enum log_level least = LOG_INFO_;
	enum err e;

	if (conf_load(path, &conf, why))
		return fail(why, EXIT_CONFIG);
	(void)log_level_parse(conf->log.level, &least);
	log_start(
	    "latchkey-radius", strcmp(conf->log.form, "json") == 0, least);
	if (ring_load(conf->keys.master_key, &ring, why))
		return fail(why, EXIT_CONFIG);
	if (sockets_open(conf, run_threads(conf), &s, why))
		return fail(why, EXIT_CONFIG);
	if (server_new(conf, &s, &server, why))
		return fail(why, EXIT_CONFIG);
	if (!drop(conf->radius.user, why))
		return fail(why, EXIT_CONFIG);
	no_dumps();
	block_signals();
	part = server_part(server);
	e = run(conf, ring, &s, &part);
	server_free(server);
	sockets_close(&s);
	if (e == ERR_SEALED)
		return fail("the master key opens neither the store nor the "
			    "snapshot",
		    EXIT_CONFIG);
	return e ? fail(err_words(e), EXIT_OSERR) : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	const char *path = CONF_PATH;
	int c;

	(void)umask(0007);
	while ((c = getopt(argc, argv, "c:hV")) != -1)
		if (c == 'c')
			path = optarg;
		else if (c == 'h')
			return usage(stdout, EXIT_SUCCESS);
		else if (c == 'V')
			return puts("latchkey-radius " LATCHKEY_VERSION) < 0;
		else
			return usage(stderr, EXIT_USAGE);
	return optind < argc ? usage(stderr, EXIT_USAGE) : start(path);
}
