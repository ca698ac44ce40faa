#include "core/crypt/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/rnd.h"
#include "core/base/text.h"

static void
fd_own(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The text of a ring file; wiped when it goes out of scope. */
struct file {
	size_t len;
	char b[RING_FILE_MAX + 1];
};

static void
file_own(struct file *f)
{
	secret_wipe(f, sizeof(*f));
}

static enum err
check_mode(const char *path, const struct stat *st, char why[static RING_WHY])
{
	if (!S_ISREG(st->st_mode))
		return ring_why(why, "master key %s: not a plain file", path);
	if (st->st_mode & S_IRWXO)
		return ring_why(why,
		    "master key %s: open to everybody (mode %04o); "
		    "run: chmod o= %s",
		    path, st->st_mode & 07777, path);
	if (st->st_mode & S_IWGRP)
		return ring_why(why,
		    "master key %s: its group may write it (mode %04o); "
		    "run: chmod g-w %s",
		    path, st->st_mode & 07777, path);
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return ring_why(why,
		    "master key %s: belongs to user %u, expected root or "
		    "user %u; run: chown root %s",
		    path, st->st_uid, geteuid(), path);
	return ERR_OK;
}

static enum err
open_checked(
    const char *path, int *fd, struct stat *st, char why[static RING_WHY])
{
	/* O_NONBLOCK: a pipe in its place must not stop the program */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0 && errno == ENOENT)
		return ring_why(why,
		    "master key %s: missing; restore it from your copy, or, "
		    "for a new installation, run: latchkey init",
		    path);
	if (*fd < 0 || fstat(*fd, st) != 0)
		return ring_why(
		    why, "master key %s: %s", path, strerror(errno));
	return check_mode(path, st, why);
}

static enum err
slurp(int fd, const char *path, struct file *f, char why[static RING_WHY])
{
	ssize_t n;

	f->len = 0;
	while ((n = read(fd, f->b + f->len, sizeof(f->b) - f->len)) != 0) {
		if (n < 0 && errno != EINTR)
			return ring_why(
			    why, "master key %s: %s", path, strerror(errno));
		f->len += n > 0 ? (size_t)n : 0;
		if (f->len > RING_FILE_MAX)
			return ring_why(why,
			    "master key %s: longer than %d octets", path,
			    RING_FILE_MAX);
	}
	return ERR_OK;
}

static enum err
parse_named(const char *path, const struct file *f, struct ring **out,
    char why[static RING_WHY])
{
	char part[RING_WHY];
	enum err e = ring_parse(f->b, f->len, out, part);

	if (e == ERR_SEALED)
		return ring_why(why, "master key %.200s: %.180s", path, part);
	return e;
}

/* What systemd passes as a credential of that name (LoadCredential=) is for
 * this process, when the file itself is for root alone. */
static const char *
handed_over(const char *path, char here[static PATH_MAX])
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	const char *slash = strrchr(path, '/');
	int n;

	if (dir == NULL || access(path, R_OK) == 0)
		return path;
	n = snprintf(here, PATH_MAX, "%s/%s", dir, slash ? slash + 1 : path);
	return n < PATH_MAX && access(here, F_OK) == 0 ? here : path;
}

enum err
ring_load(const char *path, struct ring **out, char why[static RING_WHY])
{
	char here[PATH_MAX];
	OWN(fd) int fd = -1;
	OWN(file) struct file f;
	struct stat st;
	enum err e;

	*out = NULL;
	why[0] = '\0';
	path = handed_over(path, here);
	if ((e = open_checked(path, &fd, &st, why)) ||
	    (e = slurp(fd, path, &f, why)) ||
	    (e = parse_named(path, &f, out, why)))
		return e;
	text_copy((*out)->news->path, sizeof((*out)->news->path), path);
	(*out)->news->seen = st;
	return ERR_OK;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The same for a ring that has a keeper. */
static bool
replace_share(struct keeper *k, const struct ring *now)
{
	OWN(ring) struct ring *fresh = keeper_renewed(k);

	if (fresh == NULL || strcmp(ring_newest(fresh), ring_newest(now)) == 0)
		return false;
	atomic_store(&now->news->newer, give(fresh));
	return true;
}

/* With NOW's lock held, and nothing newer than NOW. */
static bool
replace(const struct ring *now)
{
	struct ring_news *news = now->news;
	struct ring *fresh = NULL;
	char why[RING_WHY];
	struct stat st;

	if (news->path[0] == '\0' || stat(news->path, &st) != 0 ||
	    same_file(&st, &news->seen))
		return false;
	news->seen = st; /* looked at once, whatever comes of it */
	if (ring_load(news->path, &fresh, why) != ERR_OK) {
		LOG(ERROR, "ring.not_read", LOG_S("why", why));
		return false;
	}
	if (!secret_equal(fresh->base.key, now->base.key, RING_KEY)) {
		LOG(ERROR, "ring.not_read",
		    LOG_S("why", "it has another base: it is of another "
				 "installation"));
		ring_free(fresh);
		return false;
	}
	LOG(INFO, "ring.read", LOG_I("keys", fresh->n));
	atomic_store(&news->newer, fresh);
	return true;
}

void
ring_forget_file(const struct ring *r)
{
	ring_now(r)->news->path[0] = '\0';
}

bool
ring_refresh(const struct ring *r)
{
	const struct ring *now = ring_now(r);
	struct ring_news *news = now->news;
	bool fresh;

	pthread_mutex_lock(&news->lock);
	/* another thread may have been quicker */
	fresh = atomic_load(&news->newer) != NULL ||
		(r->keeper ? replace_share(r->keeper, now) : replace(now));
	pthread_mutex_unlock(&news->lock);
	return fresh && strcmp(ring_newest(r), now->keys[now->n - 1].id) != 0;
}

static void
put(struct file *f, const char *word, const struct ring_line *l)
{
	char key[TEXT_B64_LEN(RING_KEY) + 1];
	int n;

	text_to_b64url(l->key, sizeof(l->key), key);
	n = snprintf(f->b + f->len, sizeof(f->b) - f->len, "%s 1 %s %s\n", word,
	    l->id, key);
	f->len += (size_t)n;
	secret_wipe(key, sizeof(key));
}

/* The folder of PATH. */
static void
folder(const char *path, char out[static PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	text_copy(out, PATH_MAX, slash == path ? "/" : path);
	if (slash == NULL)
		text_copy(out, PATH_MAX, ".");
	else if (slash != path && slash - path < PATH_MAX)
		out[slash - path] = '\0';
}

static bool
sync_folder(const char *path)
{
	char dir[PATH_MAX];
	OWN(fd) int fd = -1;

	folder(path, dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0;
}

static bool
write_all(int fd, const struct file *f)
{
	size_t done = 0;

	while (done < f->len) {
		ssize_t n = write(fd, f->b + done, f->len - done);

		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

/* Writes F beside PATH under a name of its own, which goes to TEMP. */
static enum err
write_beside(const char *path, const struct file *f, const struct stat *like,
    char temp[static PATH_MAX], char why[static RING_WHY])
{
	OWN(fd) int fd = -1;
	uint8_t r[4];
	char tag[9];

	rnd_bytes(r, sizeof(r));
	text_to_hex(r, sizeof(r), tag);
	if (snprintf(temp, PATH_MAX, "%s.%s", path, tag) >= PATH_MAX) {
		ring_why(why, "master key: path too long");
		return ERR_IO;
	}
	fd = open(
	    temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 &&
	    (like == NULL || (fchown(fd, like->st_uid, like->st_gid) == 0 &&
				 fchmod(fd, like->st_mode & 0777) == 0)) &&
	    write_all(fd, f))
		return ERR_OK;
	ring_why(why, "cannot write %s: %s", temp, strerror(errno));
	if (fd >= 0)
		unlink(temp);
	return ERR_IO;
}

enum err
ring_create(const char *path, char why[static RING_WHY])
{
	OWN(file) struct file f = {.len = 0};
	struct ring_line base, key;
	char temp[PATH_MAX];
	int failed;
	enum err e;

	why[0] = '\0';
	ring_line_new(NULL, &base);
	do
		ring_line_new(NULL, &key);
	while (strcmp(base.id, key.id) == 0);
	put(&f, "latchkey-base", &base);
	put(&f, "latchkey-key", &key);
	secret_wipe(&base, sizeof(base));
	secret_wipe(&key, sizeof(key));
	if ((e = write_beside(path, &f, NULL, temp, why)))
		return e;
	/* link, unlike rename, never takes the place of another file */
	failed = link(temp, path) == 0 ? 0 : errno;
	unlink(temp);
	if (failed == 0 && sync_folder(path))
		return ERR_OK;
	ring_why(why, "cannot make master key %s: %s", path,
	    strerror(failed ? failed : errno));
	if (failed == 0)
		unlink(path); /* nothing was sealed with it yet */
	return failed == EEXIST ? ERR_EXISTS : ERR_IO;
}

/* What replaces the ring at one path by another. */
struct change {
	struct ring *ring;
	struct stat st;
	int fd; /* holds the lock */
};

static void
change_own(struct change *c)
{
	ring_free(c->ring);
	fd_own(&c->fd);
}

static enum err
change_begin(const char *path, struct change *c, char why[static RING_WHY])
{
	OWN(file) struct file f;
	struct stat now;
	enum err e;

	why[0] = '\0';
	if ((e = open_checked(path, &c->fd, &c->st, why)))
		return e;
	if (flock(c->fd, LOCK_EX | LOCK_NB) != 0 || stat(path, &now) != 0 ||
	    now.st_ino != c->st.st_ino) {
		ring_why(
		    why, "master key %s: somebody else is changing it", path);
		return ERR_BUSY;
	}
	if ((e = slurp(c->fd, path, &f, why)))
		return e;
	return parse_named(path, &f, &c->ring, why);
}

/* Replaces the file by the base and keys FIRST.. of the ring. */
static enum err
change_end(const char *path, const struct change *c, size_t first,
    char why[static RING_WHY])
{
	OWN(file) struct file f = {.len = 0};
	char temp[PATH_MAX];
	enum err e;

	put(&f, "latchkey-base", &c->ring->base);
	for (size_t i = first; i < c->ring->n; i++)
		put(&f, "latchkey-key", &c->ring->keys[i]);
	if ((e = write_beside(path, &f, &c->st, temp, why)))
		return e;
	if (rename(temp, path) == 0 && sync_folder(path))
		return ERR_OK;
	ring_why(why, "cannot replace %s: %s", path, strerror(errno));
	unlink(temp);
	return ERR_IO;
}

enum err
ring_add(const char *path, char why[static RING_WHY])
{
	OWN(change) struct change c = {.fd = -1};
	enum err e;

	if ((e = change_begin(path, &c, why)))
		return e;
	if (c.ring->n == RING_KEYS_MAX) {
		ring_why(why,
		    "master key %s: holds %d keys already; seal everything "
		    "again, then drop the old ones",
		    path, RING_KEYS_MAX);
		return ERR_LIMIT;
	}
	ring_line_new(c.ring, &c.ring->keys[c.ring->n]);
	c.ring->n++;
	return change_end(path, &c, 0, why);
}

enum err
ring_drop_old(const char *path, size_t *dropped, char why[static RING_WHY])
{
	OWN(change) struct change c = {.fd = -1};
	enum err e;

	*dropped = 0;
	if ((e = change_begin(path, &c, why)))
		return e;
	if (c.ring->n == 1)
		return ERR_OK;
	if ((e = change_end(path, &c, c.ring->n - 1, why)))
		return e;
	*dropped = c.ring->n - 1;
	return ERR_OK;
}
