#include "portal/kore/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 32 + 3 * CONF_PROVIDERS_MAX, URL_PATHS = 4 };

#define PLAIN (MS_NOSUID | MS_NODEV | MS_NOEXEC)

struct cage {
	const char *root;
	struct {
		const char *path;
		bool writable;
	} file[FILES_MAX];
	size_t n;
	char store[PATH_MAX]; /* the directory of the database */
	char url[URL_PATHS][PATH_MAX];
};

/* Of the system: names, certificates, hours of the world, letters to print. */
static const char *const system_files[] = {"/etc/resolv.conf", "/etc/hosts",
    "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/ssl/certs",
    "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
    "/usr/share/zoneinfo", "/usr/share/fonts/truetype"};

static void
want(struct cage *g, const char *path, bool writable)
{
	if (path[0] != '/' || g->n == FILES_MAX)
		return;
	g->file[g->n].path = path;
	g->file[g->n++].writable = writable;
}

/* One value of a query, without its percent signs. */
static void
plain(const char *from, char out[static PATH_MAX])
{
	size_t n = 0;
	unsigned int c;

	for (; *from && *from != '&' && n < PATH_MAX - 1; from++)
		/* two digits, which always fit; NOLINTNEXTLINE(cert-err34-c) */
		if (*from == '%' && sscanf(from + 1, "%2x", &c) == 1) {
			out[n++] = (char)c;
			from += from[1] && from[2] ? 2 : 0;
		} else
			out[n++] = *from;
	out[n] = '\0';
}

/* Sockets and certificates that the address of a database server names. */
static void
want_url(struct cage *g, const char *url)
{
	size_t n = 0;

	while (n < URL_PATHS && (url = strchr(url, '=')) != NULL) {
		plain(++url, g->url[n]);
		if (g->url[n][0] == '/')
			want(g, g->url[n++], false);
	}
}

static void
gather(const struct conf *c, struct cage *g)
{
	const char *slash = strrchr(c->store.path, '/');

	*g = (struct cage){.root = c->portal.chroot};
	for (size_t i = 0; i < sizeof(system_files) / sizeof(*system_files);
	     i++)
		want(g, system_files[i], false);
	if (strcmp(c->store.engine, "pgsql") == 0) {
		want(g, "/run/postgresql", false);
		want(g, "/var/run/postgresql", false);
		want_url(g, c->store.url);
	} else if (slash != NULL && slash != c->store.path) {
		(void)snprintf(g->store, sizeof(g->store), "%.*s",
		    (int)(slash - c->store.path), c->store.path);
		want(g, g->store, true);
	}
	want(g, c->portal.acme_webroot, false);
	want(g, c->store.password_file, false);
	want(g, c->mail.password_file, false);
	want(g, c->mail.ca_file, false);
	want(g, c->webhook.ca_file, false);
	want(g, c->sms.ca_file, false);
	want(g, c->sms.secret_file, false);
	want(g, c->syslog.ca_file, false);
	want(g, c->syslog.certificate, false);
	want(g, c->syslog.private_key, false);
	for (size_t i = 0; i < c->nprovider; i++) {
		want(g, c->provider[i].client_secret_file, false);
		want(g, c->provider[i].private_key_file, false);
		want(g, c->provider[i].ca_file, false);
	}
}

/* Is PATH the directory DIR, or in it? */
static bool
inside(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 &&
	       (path[n] == '/' || path[n] == '\0');
}

enum err
cage_check(const struct conf *conf, char why[static CONF_WHY])
{
	const char *root = conf->portal.chroot;
	struct cage g;
	struct stat s;

	if (*root == '\0')
		return ERR_OK;
	if (stat(root, &s) != 0)
		return conf_say(why,
		    "portal.chroot: %s: %s: run `mkdir -m 755 %s`, or leave "
		    "it out",
		    root, strerror(errno), root);
	if (!S_ISDIR(s.st_mode) || strcmp(root, "/") == 0)
		return conf_say(why,
		    "portal.chroot: %s: an empty directory was expected", root);
	gather(conf, &g);
	for (size_t i = 0; i < g.n; i++)
		if (inside(g.file[i].path, root))
			return conf_say(why,
			    "portal.chroot: %s is needed and inside of %s: "
			    "name an empty directory",
			    g.file[i].path, root);
	return ERR_OK;
}

/* Every directory of PATH up to its last name. */
static bool
parents(char *path, size_t from)
{
	for (char *p = path + from + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return false;
		*p = '/';
	}
	return true;
}

/* An empty thing for PATH to be mounted on. */
static bool
stand_in(const char *path, bool directory)
{
	int fd;

	if (directory)
		return mkdir(path, 0755) == 0 || errno == EEXIST;
	if ((fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444)) < 0)
		return false;
	return close(fd) == 0;
}

static bool
bring(const struct cage *g, const char *path, bool writable)
{
	unsigned long how = MS_REMOUNT | MS_BIND | PLAIN;
	char at[PATH_MAX];
	struct stat s, t;
	int n = snprintf(at, sizeof(at), "%s%s", g->root, path);

	if (stat(path, &s) != 0)
		return true; /* who needs it says so better */
	if (n < 0 || (size_t)n >= sizeof(at)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (stat(at, &t) == 0 && t.st_dev == s.st_dev && t.st_ino == s.st_ino)
		return true; /* named twice, or in a directory that is there */
	return parents(at, strlen(g->root)) &&
	       stand_in(at, S_ISDIR(s.st_mode)) &&
	       mount(path, at, NULL, MS_BIND, NULL) == 0 &&
	       mount(NULL, at, NULL, writable ? how : how | MS_RDONLY, NULL) ==
		   0;
}

/* For SQLite, which may sort on the disk. */
static bool
scratch(const struct cage *g)
{
	char at[PATH_MAX];
	int n = snprintf(at, sizeof(at), "%s/tmp", g->root);

	return n > 0 && (size_t)n < sizeof(at) && mkdir(at, 0755) == 0 &&
	       mount("tmpfs", at, "tmpfs", PLAIN, "mode=1777,size=64m") == 0;
}

static enum err
cannot(const struct cage *g, const char *what, char why[static CONF_WHY])
{
	return conf_say(why,
	    "portal.chroot: %s cannot be furnished with %s: %s: leave the "
	    "setting out where mounts are not allowed",
	    g->root, what, strerror(errno));
}

enum err
cage_make(const struct conf *conf, char why[static CONF_WHY])
{
	struct cage g;

	gather(conf, &g);
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", g.root, "tmpfs", PLAIN, "mode=755,size=1m") != 0 ||
	    !scratch(&g))
		return cannot(&g, "a file system", why);
	for (size_t i = 0; i < g.n; i++)
		if (!bring(&g, g.file[i].path, g.file[i].writable))
			return cannot(&g, g.file[i].path, why);
	return mount(NULL, g.root, NULL, MS_REMOUNT | MS_RDONLY | PLAIN,
		   NULL) == 0
		   ? ERR_OK
		   : cannot(&g, "nothing more", why);
}
