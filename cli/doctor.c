/* What is wrong, and which command or edit mends it. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <libgen.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/clock.h"
#include "core/handout/sheet.h"
#include "core/service/outbox.h"
#include "core/service/setup.h"

enum { TEXT_ROOM = 700, PATH_ROOM = 4096 };

struct visit_ {
	struct cli *c;
	json_t *found; /* with --json */
	int bad;
};

static void __attribute__((format(printf, 3, 4)))
find(struct visit_ *d, bool ok, const char *fmt, ...)
{
	char text[TEXT_ROOM];
	va_list ap;

	d->bad += !ok;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (d->found)
		(void)json_array_append_new(
		    d->found, json_pack("{s:b,s:s}", "ok", ok, "text", text));
	else
		(void)printf("%s%s\n", ok ? "ok    " : "WRONG ", text);
}

static bool
look_at_conf(struct visit_ *d)
{
	char why[CONF_WHY];
	enum err e = conf_load(d->c->conf_path, &d->c->conf, why);

	if (e != ERR_OK) {
		find(d, false, "configuration: %s", why);
		return false;
	}
	find(d, true, "configuration: %s", d->c->conf_path);
	if (cli_check_files(d->c->conf, why) != ERR_OK)
		find(d, false, "files: %s", why);
	else
		find(d, true, "files: all that it names can be read");
	return true;
}

static bool
look_at_key(struct visit_ *d)
{
	char why[RING_WHY];
	enum err e = ring_load(d->c->conf->keys.master_key, &d->c->ring, why);

	if (e != ERR_OK)
		find(d, false, "master key: %s", why);
	else if (ring_keys(d->c->ring) > 1)
		find(d, false,
		    "master key: %zu in the ring: a rotation is under way, or "
		    "was cut short and goes on with `latchkey ring rotate`",
		    ring_keys(d->c->ring));
	else
		find(d, true, "master key: %zu in the ring, newest %s",
		    ring_keys(d->c->ring), ring_newest(d->c->ring));
	return e == ERR_OK;
}

static bool
look_at_store(struct visit_ *d)
{
	struct cli *c = d->c;
	struct store_health h;
	enum err e;

	if ((c->arena = arena_new(CLI_ARENA)) == NULL)
		return false;
	if ((e = store_service_open(
		 c->conf, c->ring, false, &c->call.store, &c->call.why))) {
		find(d, false, "store: %s",
		    c->call.why.text[0] ? c->call.why.text : err_words(e));
		return false;
	}
	c->call = call_system(c->call.store, c->ring, c->arena, clock_now());
	if ((e = store_service_health(&c->call, &h))) {
		find(d, false, "store: %s", err_words(e));
		return false;
	}
	find(d, h.sound,
	    "store: schema %lld, %lld people, %lld of %lld passwords work, "
	    "%lld devices%s",
	    (long long)h.schema, (long long)h.people, (long long)h.keys_active,
	    (long long)h.keys_total, (long long)h.devices,
	    h.sound ? ""
		    : "; it is damaged: put a backup in place with `latchkey "
		      "restore FILE`");
	return true;
}

static void
look_at_log(struct visit_ *d)
{
	int64_t n;

	if (store_service_log(&d->c->call, &n) == ERR_OK && n > STORE_LOG_MAX)
		find(d, false,
		    "log of the store: %lld MB in %s-wal cannot be written "
		    "back, as a program reads from the store without end; see "
		    "which with `fuser -v %s`, and end it",
		    (long long)n >> 20, d->c->conf->store.path,
		    d->c->conf->store.path);
}

static void
look_at_setup(struct visit_ *d)
{
	struct call *c = &d->c->call;
	struct network *n = NULL;
	struct plan *p = NULL;
	struct rule *r = NULL;
	struct access_point *a = NULL;
	size_t nn = 0, np = 0, nr = 0, na = 0;
	int64_t dead = 0;

	if (network_list(c, &n, &nn) || plan_list(c, &p, &np) ||
	    rule_list(c, &r, &nr) || ap_list(c, &a, &na))
		return;
	find(d, nn > 0, "networks: %zu%s", nn,
	    nn ? "" : "; add one with `latchkey network add --ssid NAME`");
	find(d, np > 0, "plans: %zu%s", np,
	    np ? "" : "; add one with `latchkey plan add`");
	find(d, nr > 0, "rules: %zu%s", nr,
	    nr ? ""
	       : "; nobody who signs in gets a plan: `latchkey rule add "
		 "--value '*' --plan PLAN`");
	find(d, na > 0, "access points: %zu%s", na,
	    na ? "" : "; none may ask yet: `latchkey ap add`");
	if (outbox_count(c, OUTBOX_DEAD, &dead) == ERR_OK)
		find(d, dead == 0, "outbox: %lld could not be sent%s",
		    (long long)dead,
		    dead ? "; see `latchkey outbox list --state dead`" : "");
	find(d, d->c->conf->nprovider > 0, "sign-in services: %zu%s",
	    d->c->conf->nprovider,
	    d->c->conf->nprovider ? ""
				  : "; nobody can sign in: add a provider "
				    "section to the configuration");
}

/* A file without a name beside PATH, filled and forgotten; 0, or why not. Only
 * trying shows what a disk is like: one that Linux stopped writing to after an
 * error still says that it is writable. */
static int
try_to_write(const char *path)
{
	static const char page[4096];
	char dir[PATH_ROOM];
	int fd, failed;

	(void)snprintf(dir, sizeof(dir), "%s", path);
	if ((fd = open(dirname(dir), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)) <
	    0)
		return errno;
	errno = ENOSPC; /* of which a part was written */
	failed = write(fd, page, sizeof(page)) != (ssize_t)sizeof(page) ||
			 fsync(fd) != 0
		     ? errno
		     : 0;
	(void)close(fd);
	return failed;
}

static void
look_at_disk(struct visit_ *d, const char *path)
{
	struct statvfs v;
	int e = try_to_write(path);

	if (e == EROFS || e == ENOSPC || e == EDQUOT || e == EIO)
		find(d, false,
		    "disk: nothing can be written where the store is: %s%s",
		    strerror(e),
		    e == EROFS || e == EIO
			? "; dmesg says what failed: mend it and mount it again"
			: "");
	if (statvfs(path, &v) == 0) {
		unsigned long long mb =
		    (unsigned long long)v.f_bavail * v.f_frsize >> 20;

		find(d, mb >= 100,
		    "disk: %llu MB are free where the store is%s", mb,
		    mb >= 100 ? "" : "; make room");
	}
}

static void
look_at_machine(struct visit_ *d)
{
	char why[SHEET_WHY];

	if (strcmp(d->c->conf->store.engine, "sqlite") == 0)
		look_at_disk(d, d->c->conf->store.path);
	if (sheet_fonts(why) != ERR_OK)
		find(d, false, "fonts: %s", why);
	else
		find(d, true, "fonts: found");
	find(d, clock_now() > 1700000000, "clock: %s",
	    clock_now() > 1700000000
		? "plausible"
		: "it is wrong: passwords would expire at the "
		  "wrong time; set it");
}

int
verb_doctor(struct cli *c, const struct verb *v)
{
	struct visit_ d = {.c = c};

	(void)v;
	if (!cli_all_used(c))
		return 2;
	d.found = c->json ? json_array() : NULL;
	if (look_at_conf(&d)) {
		look_at_machine(&d);
		if (look_at_key(&d) && look_at_store(&d)) {
			look_at_log(&d);
			look_at_setup(&d);
		}
	}
	if (d.found) {
		(void)json_dumpf(d.found, stdout, JSON_INDENT(2));
		(void)putchar('\n');
		json_decref(d.found);
	} else
		(void)puts(
		    d.bad ? "Mend what is marked WRONG." : "Nothing is wrong.");
	return d.bad ? 1 : 0;
}
