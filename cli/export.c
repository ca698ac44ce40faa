/* Passwords as files, written once or kept fresh. */
#include "core/service/export.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/verbs.h"
#include "core/base/clock.h"
#include "core/service/setup.h"
#include "core/service/world.h"

enum {
	LOOK_MS = 200,     /* between looks at the store */
	REFRESH = 15 * 60, /* seconds: hours of plans begin and end */
	PATH = 4096,
};

struct job {
	struct network network;
	char group[ROLE_NAME_MAX + 1];
	enum export_form form;
	const char *out;
	bool watch;
};

static enum err
places(struct cli *c, struct job *j)
{
	const char *network = cli_option(c, "network");
	const char *group = cli_option(c, "group");
	const char *ap = cli_option(c, "ap");
	struct access_point a = {.group = ""};

	if (network == NULL)
		return why_set(&c->call.why, ERR_BAD_INPUT, "network",
		    "--network must be given: whose passwords");
	if (network_find(&c->call, network, &j->network))
		return why_set(&c->call.why, ERR_BAD_INPUT, "network",
		    "there is no network called %.60s", network);
	if (ap && group)
		return why_set(&c->call.why, ERR_BAD_INPUT, "group",
		    "--ap or --group, not both: an access point has a group");
	if (ap && ap_find(&c->call, ap, &a))
		return why_set(&c->call.why, ERR_BAD_INPUT, "ap",
		    "there is no access point called %.60s", ap);
	if (group && strlen(group) >= sizeof(j->group))
		return why_set(&c->call.why, ERR_BAD_INPUT, "group",
		    "a group has at most %d characters", ROLE_NAME_MAX);
	(void)snprintf(
	    j->group, sizeof(j->group), "%s", group ? group : a.group);
	return ERR_OK;
}

static enum err
order(struct cli *c, struct job *j)
{
	const char *form = cli_option(c, "form");
	const char *watch = cli_option(c, "watch");
	enum err e;

	j->out = cli_option(c, "out");
	j->watch = watch && strcmp(watch, "yes") == 0;
	if ((e = places(c, j)))
		return e;
	if (form && !export_form_parse(form, &j->form))
		return why_set(&c->call.why, ERR_BAD_INPUT, "form",
		    "psk-file, vlan-file or csv was expected");
	if (j->watch && j->out == NULL)
		return why_set(&c->call.why, ERR_BAD_INPUT, "out",
		    "--out must be given: which file is kept fresh");
	return ERR_OK;
}

static bool
put(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno != EINTR)
			return false;
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		}
	}
	return fsync(fd) == 0;
}

/* All of it or the old one; nobody but its owner reads it. */
static enum err
replace(struct cli *c, const char *path, const struct buf *b)
{
	char fresh[PATH];
	bool ok;
	int fd;

	if ((size_t)snprintf(fresh, sizeof(fresh), "%s.new", path) >=
	    sizeof(fresh))
		return ERR_TOO_BIG;
	(void)unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = fd >= 0 && put(fd, buf_str(b), b->len);
	if (fd >= 0)
		ok &= close(fd) == 0;
	if (ok && rename(fresh, path) == 0)
		return ERR_OK;
	(void)why_set(&c->call.why, ERR_IO, "out", "%.100s: %.60s", path,
	    strerror(errno));
	(void)unlink(fresh);
	return ERR_IO;
}

static enum err
once(struct cli *c, const struct job *j)
{
	OWN(buf) struct buf b = BUF(EXPORT_MAX);
	OWN(arena) struct arena *a = arena_new(CLI_ARENA);
	struct call call = c->call;
	size_t n;
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	call.arena = a;
	call.now = clock_now();
	e = export_keys(&call, &j->network.id, j->group, j->form, &b, &n);
	c->call.why = call.why;
	if (e != ERR_OK)
		return e;
	if (j->out)
		return replace(c, j->out, &b);
	return fwrite(buf_str(&b), 1, b.len, stdout) == b.len ? ERR_OK : ERR_IO;
}

/* The last change of the feed: what we wrote to the audit is none. */
static enum err
latest(struct cli *c, int64_t *at)
{
	OWN(arena) struct arena *a = arena_new(CLI_ARENA);
	struct call call = c->call;
	struct change *ch;
	size_t n;
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	call.arena = a;
	do {
		if ((e = feed_read(&call, *at, 1000, &ch, &n)))
			break;
		if (n)
			*at = ch[n - 1].seq;
	} while (n);
	if (e == ERR_NOT_FOUND) { /* so far behind that it was trimmed */
		struct world_visitor nothing = {.ctx = NULL};

		e = world_load(&call, &nothing, at);
	}
	return e;
}

static enum err
follow(struct cli *c, const struct job *j)
{
	const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
	int64_t at = 0, seen = -1, pulse = -1, now_pulse, written = 0;
	struct call machine = c->call;
	struct cli quiet = *c;
	enum err e;

	machine.actor.kind = ACTOR_SYSTEM;
	quiet.call.actor.kind = ACTOR_SYSTEM;
	for (;;) {
		if ((e = feed_pulse(&machine, &now_pulse)))
			return e;
		if (now_pulse != pulse && (e = latest(&quiet, &at)))
			return e;
		pulse = now_pulse;
		if (at != seen || clock_now() - written >= REFRESH) {
			if ((e = once(c, j)))
				return e;
			seen = at;
			written = clock_now();
		}
		(void)nanosleep(&pause, NULL);
	}
}

int
verb_export(struct cli *c, const struct verb *v)
{
	struct job j = {.form = EXPORT_PSK_FILE};
	enum err e;

	(void)v;
	if ((e = order(c, &j)))
		return cli_fail(c, e);
	if (c->nwords || !cli_all_used(c))
		return 2;
	e = j.watch ? follow(c, &j) : once(c, &j);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}
