/*
 * power.h - what a disk holds when the power goes
 *
 * A layer of SQLite's between it and the real files writes down every write,
 * truncation and fsync, in order. From that, power_image() makes the files as
 * they might be after a cut at any point: what was synced is there; of what was
 * not, each write is there, or is not, or is torn at 512 octets, in any order.
 * power_fail() makes one of the calls fail instead. Static functions: for the
 * one test program that includes it.
 */
#pragma once

#include <assert.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

enum { POWER_FILES = 2, POWER_SECTOR = 512 };

enum power_call { POWER_WRITE, POWER_SYNC, POWER_TRUNCATE, POWER_OPEN };

enum { EVENTS_MAX = 1 << 18, PATH_ROOM = 256 };

enum kind { WRITE, TRUNCATE, SYNC };

struct event {
	enum kind kind;
	int file; /* 0: the store, 1: its log */
	int64_t at;
	int len;
	uint8_t *octets;
};

struct image {
	uint8_t *p;
	size_t len, room;
};

static struct {
	sqlite3_vfs vfs, *real;
	bool recording;
	char path[POWER_FILES][PATH_ROOM];
	struct image base[POWER_FILES];
	struct event *event;
	size_t n;
	enum power_call fail;
	int fail_in, code;
	bool failed;
} power;

struct file {
	sqlite3_file base;
	const char *name;
	sqlite3_file *real;
};

/* 0: the store, 1: its log, -1: not written down. */
static int
which(const char *name)
{
	for (int i = 0; name && i < POWER_FILES; i++)
		if (power.path[i][0] && strcmp(name, power.path[i]) == 0)
			return i;
	return -1;
}

/* True when this CALL is the one to fail. */
static bool
fails(enum power_call call)
{
	if (power.fail_in == 0 || power.fail != call || --power.fail_in > 0)
		return false;
	power.failed = true;
	return true;
}

static void
note(const struct file *f, enum kind kind, int64_t at, const void *p, int len)
{
	int file = power.recording ? which(f->name) : -1;
	struct event *e;

	if (file < 0)
		return;
	assert(power.n < EVENTS_MAX);
	e = &power.event[power.n++];
	*e = (struct event){.kind = kind, .file = file, .at = at, .len = len};
	if (len > 0) {
		e->octets = malloc((size_t)len);
		memcpy(e->octets, p, (size_t)len);
	}
}

/* --- the layer --- */

static sqlite3_file *
real(sqlite3_file *f)
{
	return ((struct file *)f)->real;
}

static int
x_close(sqlite3_file *f)
{
	int code = real(f)->pMethods->xClose(real(f));

	free(real(f));
	return code;
}

static int
x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return real(f)->pMethods->xRead(real(f), p, n, at);
}

static int
x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (fails(POWER_WRITE))
		return power.code;
	note((struct file *)f, WRITE, at, p, n);
	return real(f)->pMethods->xWrite(real(f), p, n, at);
}

static int
x_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	if (fails(POWER_TRUNCATE))
		return power.code;
	note((struct file *)f, TRUNCATE, size, NULL, 0);
	return real(f)->pMethods->xTruncate(real(f), size);
}

static int
x_sync(sqlite3_file *f, int flags)
{
	int code;

	if (fails(POWER_SYNC))
		return power.code;
	code = real(f)->pMethods->xSync(real(f), flags);
	note((struct file *)f, SYNC, 0, NULL, 0);
	return code;
}

static int
x_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real(f)->pMethods->xFileSize(real(f), size);
}

static int
x_lock(sqlite3_file *f, int lock)
{
	return real(f)->pMethods->xLock(real(f), lock);
}

static int
x_unlock(sqlite3_file *f, int lock)
{
	return real(f)->pMethods->xUnlock(real(f), lock);
}

static int
x_reserved(sqlite3_file *f, int *out)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int
x_control(sqlite3_file *f, int op, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
x_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
x_device(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int
x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int
x_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void
x_shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int
x_shm_unmap(sqlite3_file *f, int delete)
{
	return real(f)->pMethods->xShmUnmap(real(f), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* no mapping of files: writes are seen */
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_reserved,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_device,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

static int
x_open(
    sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct file *f = (struct file *)file;
	int code;

	(void)vfs;
	file->pMethods = NULL;
	if (fails(POWER_OPEN))
		return power.code;
	f->name = name;
	f->real = calloc(1, (size_t)power.real->szOsFile);
	code = power.real->xOpen(power.real, name, f->real, flags, out);
	if (code != SQLITE_OK)
		free(f->real);
	else
		file->pMethods = &methods;
	return code;
}

/* Puts the layer below every connection that is opened from now on. */
static void
power_start(void)
{
	if (power.real != NULL)
		return;
	power.real = sqlite3_vfs_find(NULL);
	power.vfs = *power.real;
	power.vfs.zName = "power";
	power.vfs.szOsFile = sizeof(struct file);
	power.vfs.xOpen = x_open;
	power.event = calloc(EVENTS_MAX, sizeof(*power.event));
	assert(sqlite3_vfs_register(&power.vfs, 1) == SQLITE_OK);
}

/* The Nth (from 1) CALL from now on fails with CODE of SQLite; 0: none does. */
static void
power_fail(enum power_call call, int n, int code)
{
	power.fail = call;
	power.fail_in = n;
	power.code = code;
	power.failed = false;
}

/* Did it? */
static bool
power_failed(void)
{
	return power.failed;
}

/* --- images --- */

static void
reach(struct image *im, size_t len)
{
	if (len > im->room) {
		im->room = len * 2;
		im->p = realloc(im->p, im->room);
		assert(im->p);
	}
	if (len > im->len) {
		memset(im->p + im->len, 0, len - im->len);
		im->len = len;
	}
}

static void
load(const char *path, struct image *im)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);

	im->len = 0;
	reach(im, (size_t)size);
	if (fd >= 0) {
		assert(pread(fd, im->p, (size_t)size, 0) == size);
		close(fd);
	}
}

static void
forget(void)
{
	for (size_t i = 0; i < power.n; i++)
		free(power.event[i].octets);
	power.n = 0;
}

/* Begins writing down, with the files at PATH and PATH-wal as they are. */
static void
power_record(const char *path)
{
	forget();
	(void)snprintf(power.path[0], PATH_ROOM, "%s", path);
	(void)snprintf(power.path[1], PATH_ROOM, "%s-wal", path);
	for (int i = 0; i < POWER_FILES; i++)
		load(power.path[i], &power.base[i]);
	power.recording = true;
}

/* How many events there were; a number for power_image(). */
static size_t
power_now(void)
{
	return power.n;
}

static void
power_stop(void)
{
	power.recording = false;
	forget();
	for (int i = 0; i < POWER_FILES; i++)
		power.path[i][0] = '\0';
}

static uint64_t
draw(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static void
put(struct image *im, const struct event *e, size_t from, size_t to)
{
	reach(im, (size_t)e->at + to);
	memcpy(im->p + e->at + from, e->octets + from, to - from);
}

/* A write that was under way: sector by sector there or not. */
static void
tear(struct image *im, const struct event *e, uint64_t *s)
{
	size_t n = (size_t)e->len, first;

	first = POWER_SECTOR - (size_t)e->at % POWER_SECTOR;
	for (size_t from = 0, to = first; from < n; from = to) {
		to = from == 0 ? first : from + POWER_SECTOR;
		to = to > n ? n : to;
		if (draw(s) & 1)
			put(im, e, from, to);
	}
}

static void
apply(struct image *im, const struct event *e)
{
	if (e->kind == WRITE)
		put(im, e, 0, (size_t)e->len);
	else if (e->kind == TRUNCATE && (size_t)e->at < im->len)
		im->len = (size_t)e->at;
	else if (e->kind == TRUNCATE)
		reach(im, (size_t)e->at);
}

/* The last fsync of FILE before AT; what came before it is on the disk. */
static size_t
synced(int file, size_t at)
{
	for (size_t i = at; i-- > 0;)
		if (power.event[i].file == file && power.event[i].kind == SYNC)
			return i;
	return 0;
}

static void
build(int file, size_t at, uint64_t *s, struct image *im)
{
	size_t safe = synced(file, at);
	uint64_t mood = draw(s) % 4; /* sometimes nothing arrived, or all */

	im->len = 0;
	reach(im, power.base[file].len);
	if (im->len > 0)
		memcpy(im->p, power.base[file].p, im->len);
	for (size_t i = 0; i < at; i++) {
		const struct event *e = &power.event[i];
		uint64_t how = mood == 0 ? 0 : mood == 1 ? 1 : draw(s) % 3;

		if (e->file != file)
			continue;
		if (i < safe || how == 1)
			apply(im, e);
		else if (how == 2 && e->kind == WRITE)
			tear(im, e, s);
	}
}

/* Writes DIR/store.db and DIR/store.db-wal as they might be when the power
 * went after event AT; SEED chooses. */
static void
power_image(size_t at, uint64_t seed, const char *dir)
{
	static struct image im;
	static const char *const ends[] = {"", "-wal"};
	uint64_t s = seed * 2654435761u + 88172645463325252u;
	char name[PATH_ROOM];

	for (int i = 0; i < POWER_FILES; i++) {
		int fd;

		build(i, at, &s, &im);
		(void)snprintf(
		    name, sizeof(name), "%s/store.db%s", dir, ends[i]);
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		assert(fd >= 0 && write(fd, im.p, im.len) == (ssize_t)im.len);
		close(fd);
	}
}
