#include "portal/kore/server.h"

#include <kore/hooks.h>
#include <kore/kore.h>

#include <pwd.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>

#include "core/base/log.h"
#include "core/crypt/keeper.h"
#include "portal/keeper/guard.h"
#include "portal/kore/cage.h"
#include "portal/kore/conn.h"
#include "portal/kore/pool.h"
#include "portal/kore/sockets.h"
#include "portal/web/hook.h"
#include "portal/web/measure.h"
#include "portal/web/poster.h"

enum {
	CONNECTIONS_MAX = 4096,
	FILES_OURS = 256, /* descriptors for all but connections */
	SWEEP_MS = 500,
	EVICT = 16,
	KEEPER_STARTS = 5 /* times it is waited for */
};

/* Forward secrecy and authenticated encryption; TLS 1.3 has only such. */
#define CIPHERS                                                                \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"           \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"           \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

/* Kore names its main() so, when told to (Makefile). */
int kore_main(int argc, char **argv);

/* What the parent must know when it ends. */
struct fate {
	bool ready;
	bool passing; /* starting again may mend it */
	int status;
};

/* Kore's hooks carry no pointer of ours. Written before the first fork; FATE
 * is shared by all processes. */
static struct {
	const struct conf *conf;
	struct sockets sockets;
	struct fate *fate;
	struct keeper *keeper;
	struct app *app;
	struct pool *pool;
	bool answering; /* this worker has a certificate */
	struct {
		struct kore_event event; /* Kore looks for it first */
	} wake;
} us;

/* --- parent --- */

static void
add_listener(struct kore_server *server, int fd)
{
	struct listener *l = kore_listener_create(server);
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);

	if (getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
		fatal("getsockname: %s", errno_s);
	l->fd = fd;
	l->family = sa.ss_family;
	l->host = kore_strdup("");
	l->port = kore_strdup("");
	if ((l->connect = kore_runtime_getcall("conn_open")) == NULL)
		fatal("conn_open is not exported");
}

static void
set_privileges(void)
{
	const struct conf_portal *c = &us.conf->portal;

	skip_runas = getuid() != 0;
	skip_chroot = skip_runas || *c->chroot == '\0';
	kore_root_path = kore_strdup(skip_chroot ? "/" : c->chroot);
	keymgr_root_path = kore_strdup("/");
	if (skip_runas)
		return;
	kore_runas_user = kore_strdup(c->user);
	keymgr_runas_user = kore_strdup(c->keymgr_user);
}

void
kore_parent_configure(int argc, char **argv)
{
	struct kore_server *server = kore_server_create("https");
	struct kore_server *bare = kore_server_create("http");
	struct kore_domain *domain = kore_domain_new("*");

	(void)argc;
	(void)argv;
	set_privileges();
	kore_tls_cipher_list = kore_strdup(CIPHERS);
	bare->tls = 0;
	for (size_t i = 0; i < us.sockets.n; i++)
		add_listener(
		    us.sockets.plain[i] ? bare : server, us.sockets.fd[i]);
	if (!kore_domain_attach(domain, server))
		fatal("kore_domain_attach");
	domain->certfile = kore_strdup(us.conf->portal.certificate);
	domain->certkey = kore_strdup(us.conf->portal.private_key);
}

/* Kore's configuration language is not compiled in; conf.h is ours. */
void
kore_parse_config(void)
{
}

void
kore_app_failed(void)
{
	us.fate->status =
	    us.fate->ready || us.fate->passing ? EXIT_FAILURE : EX_CONFIG;
}

void
kore_app_log(int priority, const char *text)
{
	if (priority <= LOG_ERR)
		LOG(ERROR, "kore", LOG_S("text", text));
	else if (priority == LOG_WARNING)
		LOG(WARN, "kore", LOG_S("text", text));
	else if (priority == LOG_NOTICE)
		LOG(INFO, "kore", LOG_S("text", text));
	else
		LOG(DEBUG, "kore", LOG_S("text", text));
}

/* --- worker --- */

static _Noreturn void
give_up(const char *event, const char *reason)
{
	LOG(ERROR, event, LOG_S("reason", reason));
	kore_app_failed();
	(void)kill(getppid(), SIGTERM);
	_exit(EX_CONFIG);
}

/* It may be starting, too, on a slow machine: each question waits for some
 * seconds. */
static void
await_keeper(void)
{
	for (int i = 0; i < KEEPER_STARTS; i++)
		if (keeper_answers(us.keeper))
			return;
}

/* The parent starts another worker, which says it and ends all. */
static void
no_keeper(void)
{
	LOG(ERROR, "portal.no-keeper");
	_exit(EXIT_FAILURE);
}

void
kore_app_prepare(void)
{
	char why[CONF_WHY] = "";
	struct ring *ring;
	enum err e;

	await_keeper();
	if ((e = ring_of_keeper(us.keeper, &ring, why))) {
		/* another version of it stays so */
		us.fate->passing = e != ERR_CORRUPT;
		give_up("portal.no-keeper", why);
	}
	ring_on_lost_keeper(ring, no_keeper);
	if ((e = app_open(us.conf, ring, &us.app)) != ERR_OK)
		give_up("portal.cannot-open", err_name(e));
	if (!skip_chroot && cage_make(us.conf, why) != ERR_OK)
		give_up("portal.cannot-lock", why);
}

static void
on_wake(void *arg, int error)
{
	(void)arg;
	if (error)
		fatalx("eventfd");
	conn_answered(pool_done(us.pool));
}

static void
on_timer(void *arg, u_int64_t now)
{
	(void)arg;
	(void)now;
	conn_sweep();
	if (!keeper_alive(us.keeper))
		no_keeper();
}

void
kore_worker_configure(void)
{
	enum err e = pool_start(us.app, us.conf->portal.threads_fast,
	    us.conf->portal.threads_slow, &us.pool);

	if (e != ERR_OK)
		fatalx("threads cannot work: %s", err_name(e));
	if ((e = poster_start(us.app)) != ERR_OK)
		fatalx("letters cannot leave: %s", err_name(e));
	if ((e = hook_start(us.app)) != ERR_OK)
		fatalx("nobody asks providers: %s", err_name(e));
	measure_start(us.app);
	conn_start(us.conf, us.app, us.pool);
	us.wake.event.type = KORE_TYPE_TASK;
	us.wake.event.handle = on_wake;
	kore_platform_event_level_read(pool_wake(us.pool), &us.wake);
	(void)kore_timer_add(on_timer, SWEEP_MS, NULL, 0);
}

void
kore_app_tls(void)
{
	const bool first = !us.answering;

	us.answering = true;
	us.fate->ready = true;
	if (!first) {
		LOG(INFO, "portal.certificate");
		return;
	}
	LOG(INFO, "portal.ready", LOG_I("port", us.conf->portal.port),
	    LOG_I("pid", getpid()));
}

int
kore_app_drained(u_int64_t now)
{
	(void)now;
	return conn_drained();
}

void
kore_app_evict(void)
{
	conn_evict(EVICT);
}

/* Threads are still there, so nothing is taken from under them: all that is
 * committed is on disk, and the kernel takes the rest. */
void
kore_worker_teardown(void)
{
	kore_connection_prune(KORE_CONNECTION_PRUNE_ALL);
	_exit(EXIT_SUCCESS);
}

/* --- start --- */

static bool
user_exists(const char *setting, const char *name)
{
	if (getpwnam(name) != NULL)
		return true;
	LOG(ERROR, "portal.no-such-user", LOG_S("setting", setting),
	    LOG_S("user", name));
	return false;
}

static bool
users_exist(void)
{
	const struct conf_portal *c = &us.conf->portal;

	return getuid() != 0 ||
	       (user_exists("portal.user", c->user) &&
		   user_exists("portal.keymgr_user", c->keymgr_user));
}

static void
set_limits(void)
{
	struct rlimit files, none = {0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	worker_max_connections = CONNECTIONS_MAX;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	if (files.rlim_max < CONNECTIONS_MAX + FILES_OURS)
		worker_max_connections =
		    files.rlim_max > 2 * FILES_OURS
			? (u_int32_t)files.rlim_max - FILES_OURS
			: FILES_OURS;
	worker_rlimit_nofiles = worker_max_connections + FILES_OURS / 2;
	files.rlim_cur = worker_max_connections + FILES_OURS;
	if (files.rlim_cur <= files.rlim_max)
		(void)setrlimit(RLIMIT_NOFILE, &files);
}

static bool
share_fate(void)
{
	us.fate = mmap(NULL, sizeof(*us.fate), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return us.fate != MAP_FAILED;
}

/* Before there is anything a keeper must not have: sockets, threads. */
static bool
find_keeper(const struct conf *conf, const char *path)
{
	if (path != NULL)
		return (us.keeper = keeper_at(path)) != NULL;
	return guard_start(conf, conf->portal.keymgr_user, &us.keeper) ==
	       ERR_OK;
}

int
server_run(const struct conf *conf, const char *keeper, int argc, char **argv)
{
	char why[CONF_WHY] = "";
	enum err e;

	us.conf = conf;
	set_limits();
	if (!share_fate())
		return EXIT_FAILURE;
	if (!users_exist())
		return EX_CONFIG;
	if (getuid() == 0 && cage_check(conf, why) != ERR_OK) {
		LOG(ERROR, "portal.cannot-lock", LOG_S("reason", why));
		return EX_CONFIG;
	}
	if (!find_keeper(conf, keeper))
		return EX_CONFIG;
	if ((e = sockets_open(conf, &us.sockets, why)) != ERR_OK) {
		LOG(ERROR, "portal.cannot-listen", LOG_S("reason", why));
		return e == ERR_CONFIG ? EX_CONFIG : EXIT_FAILURE;
	}
	kore_foreground = 1;
	kore_quiet = 1;
	kore_pidfile = NULL;
	worker_count = 1;
	worker_set_affinity = 0;
	(void)kore_main(argc, argv);
	LOG(INFO, "portal.stopped");
	return us.fate->status;
}
