/* A disk on which one call fails: preloaded (LD_PRELOAD), for what is below
 * BAD_DISK_DIR, and, with BAD_DISK_NET, for the sockets it makes.
 *
 * BAD_DISK_LIST=FILE   every call there is written down: its name, its path
 * BAD_DISK_AT=N        the Nth of them fails, counted from 1
 * BAD_DISK_HOW=ERRNO   and how, as a number; -1: it does half of the work, once
 * BAD_DISK_PLAN=FILE   while FILE is there, saying `CALL PART ERRNO`, all calls
 * of that name, or with `*` all, fail whose path has PART in it */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <dlfcn.h>

#define SOCKET "a socket"

enum { FILES = 1024, ROOM = 512, HALF = -1 };

static char name[FILES][ROOM]; /* of what is open, by descriptor */
static int count;

#define REAL(f) ((__typeof__(&(f)))dlsym(RTLD_NEXT, #f))

static bool
ours(const char *path)
{
	const char *dir = getenv("BAD_DISK_DIR");

	if (path && strcmp(path, SOCKET) == 0)
		return getenv("BAD_DISK_NET") != NULL;
	return dir && path && strncmp(path, dir, strlen(dir)) == 0;
}

/* Without stdio, whose calls are among those that fail. */
static void
list(const char *call, const char *path)
{
	const char *file = getenv("BAD_DISK_LIST");
	char line[ROOM + 64];
	int n, fd;

	if (file == NULL)
		return;
	n = snprintf(line, sizeof(line), "%s %s\n", call, path);
	fd = (int)syscall(
	    SYS_openat, AT_FDCWD, file, O_WRONLY | O_APPEND | O_CREAT, 0600);
	(void)syscall(SYS_write, fd, line, n);
	(void)syscall(SYS_close, fd);
}

static int
planned(const char *call, const char *path)
{
	const char *file = getenv("BAD_DISK_PLAN");
	char text[ROOM] = "", what[32], part[ROOM];
	int fd, how;

	if (file == NULL ||
	    (fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY)) < 0)
		return 0;
	(void)syscall(SYS_read, fd, text, sizeof(text) - 1);
	(void)syscall(SYS_close, fd);
	if (sscanf(text, "%31s %511s %d", what, part, &how) != 3 ||
	    (strcmp(what, call) != 0 && strcmp(what, "*") != 0) ||
	    strstr(path, part) == NULL)
		return 0;
	return how;
}

/* 0: the call is made. HALF: half of it. Otherwise errno is set. */
static int
fails(const char *call, const char *path)
{
	const char *at = getenv("BAD_DISK_AT"), *how = getenv("BAD_DISK_HOW");
	int was = errno, code;

	if (!ours(path))
		return 0;
	list(call, path);
	code = planned(call, path);
	if (++count == (at ? atoi(at) : 0))
		code = how ? atoi(how) : EIO;
	errno = code > 0 ? code : was;
	return code;
}

/* A connection that was reset is one for whoever asks next, too. */
static int
fails_fd(const char *call, int fd)
{
	int bad = fd < 0 || fd >= FILES ? 0 : fails(call, name[fd]);

	if (bad == ECONNRESET)
		(void)syscall(SYS_shutdown, fd, SHUT_RDWR);
	return bad;
}

static int
remember(int fd, const char *path)
{
	if (fd >= 0 && fd < FILES)
		(void)snprintf(name[fd], ROOM, "%s", ours(path) ? path : "");
	return fd;
}

static int
opens(int dir, const char *path, int flags, mode_t mode)
{
	if (flags & (O_WRONLY | O_RDWR | O_CREAT) && fails("open", path) > 0)
		return -1;
	return remember((int)syscall(SYS_openat, dir, path, flags, mode), path);
}

#define OPENS(f)                                                               \
	int f(const char *path, int flags, ...)                                \
	{                                                                      \
		va_list ap;                                                    \
		mode_t mode;                                                   \
		va_start(ap, flags);                                           \
		mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;               \
		va_end(ap);                                                    \
		return opens(AT_FDCWD, path, flags, mode);                     \
	}
OPENS(open)
OPENS(open64)

#define WRITES(f, args, pass)                                                  \
	ssize_t f args                                                         \
	{                                                                      \
		int bad = fails_fd("write", fd);                               \
		if (bad > 0)                                                   \
			return -1;                                             \
		if (bad == HALF && n > 1)                                      \
			n /= 2;                                                \
		return REAL(f) pass;                                           \
	}
WRITES(write, (int fd, const void *p, size_t n), (fd, p, n))
WRITES(pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
WRITES(pwrite64, (int fd, const void *p, size_t n, off64_t at), (fd, p, n, at))

#define ON_FD(call, f, args, pass)                                             \
	int f args                                                             \
	{                                                                      \
		return fails_fd(call, fd) > 0 ? -1 : REAL(f) pass;             \
	}
ON_FD("fsync", fsync, (int fd), (fd))
ON_FD("fsync", fdatasync, (int fd), (fd))
ON_FD("truncate", ftruncate, (int fd, off_t n), (fd, n))
ON_FD("truncate", ftruncate64, (int fd, off64_t n), (fd, n))
ON_FD("chmod", fchmod, (int fd, mode_t m), (fd, m))
ON_FD("chown", fchown, (int fd, uid_t u, gid_t g), (fd, u, g))

#define ON_PATH(call, f, args, pass)                                           \
	int f args                                                             \
	{                                                                      \
		return fails(call, path) > 0 ? -1 : REAL(f) pass;              \
	}
ON_PATH("rename", rename, (const char *path, const char *to), (path, to))
ON_PATH("link", link, (const char *path, const char *to), (path, to))
ON_PATH("mkdir", mkdir, (const char *path, mode_t m), (path, m))
ON_PATH("chmod", chmod, (const char *path, mode_t m), (path, m))
ON_PATH("mount", mount,
    (const char *from, const char *path, const char *type, unsigned long flags,
	const void *data),
    (from, path, type, flags, data))
ON_PATH("chown", chown, (const char *path, uid_t u, gid_t g), (path, u, g))

int
socket(int domain, int type, int protocol)
{
	if (fails("socket", SOCKET) > 0)
		return -1;
	return remember(REAL(socket)(domain, type, protocol), SOCKET);
}

int
accept4(int fd, struct sockaddr *a, socklen_t *len, int flags)
{
	if (fails_fd("accept", fd) > 0)
		return -1;
	return remember(REAL(accept4)(fd, a, len, flags), SOCKET);
}
ON_FD("connect", connect, (int fd, const struct sockaddr *a, socklen_t n),
    (fd, a, n))

#define PASSES(f, args, pass)                                                  \
	ssize_t f args                                                         \
	{                                                                      \
		int bad = fails_fd(#f, fd);                                    \
		if (bad > 0)                                                   \
			return -1;                                             \
		if (bad == HALF && n > 1)                                      \
			n /= 2;                                                \
		return REAL(f) pass;                                           \
	}
PASSES(send, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags))
PASSES(recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags))

int
close(int fd)
{
	int bad = fails_fd("close", fd), code = errno;

	(void)remember(fd, NULL);
	if (REAL(close)(fd) != 0)
		return -1;
	errno = code;
	return bad > 0 ? -1 : 0;
}

/* What is in the buffers goes out within the library: what is seen of it is
 * that half of it did not. */
int
fclose(FILE *f)
{
	int fd = fileno(f), bad = fails_fd("fclose", fd), code = errno;
	char path[ROOM];
	struct stat s;

	(void)snprintf(path, ROOM, "%s", fd >= 0 && fd < FILES ? name[fd] : "");
	(void)remember(fd, NULL);
	if (REAL(fclose)(f) != 0)
		return EOF;
	if (bad == 0)
		return 0;
	if (stat(path, &s) == 0)
		(void)truncate(path, s.st_size / 2);
	errno = bad > 0 ? code : ENOSPC;
	return EOF;
}
