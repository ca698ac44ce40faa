/*
 * failing.h - a call that fails, once
 *
 * Beside malloc() and its like (starve.h), calls of the system that make or
 * change files stand here in front of the real ones. failing_sweep() does one
 * thing over and over, each time with the next of its calls failing, until none
 * is left to fail. For one file of a test program.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/starve.h"

enum failing {
	FAILING_ALLOC,
	FAILING_WRITE,
	FAILING_SYNC,
	FAILING_RENAME,
	FAILING_LINK,
	FAILING_MODE
};

static _Thread_local volatile long failing_in; /* 0: none fails */
static _Thread_local volatile enum failing failing_what;
static _Thread_local volatile bool failing_did;

#ifndef SANITIZED
static bool
failing_now(enum failing call, int with)
{
	if (failing_in == 0 || failing_what != call || --failing_in > 0)
		return false;
	failing_did = true;
	errno = with;
	return true;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	if (failing_now(FAILING_WRITE, ENOSPC))
		return -1;
	return syscall(SYS_write, fd, p, n);
}

int
fsync(int fd)
{
	return failing_now(FAILING_SYNC, EIO) ? -1
					      : (int)syscall(SYS_fsync, fd);
}

int
rename(const char *from, const char *to)
{
	if (failing_now(FAILING_RENAME, EROFS))
		return -1;
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int
link(const char *from, const char *to)
{
	if (failing_now(FAILING_LINK, EPERM))
		return -1;
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
fchmod(int fd, mode_t mode)
{
	if (failing_now(FAILING_MODE, EPERM))
		return -1;
	return (int)syscall(SYS_fchmod, fd, mode);
}
#endif

/* From now on nothing fails; how far it was from that. */
static inline long
failing_pause(void)
{
	long n = failing_what == FAILING_ALLOC ? starve_in : failing_in;

	starve_in = failing_in = 0;
	return n;
}

static inline void
failing_resume(long n)
{
	if (failing_what == FAILING_ALLOC)
		starve_in = n;
	else
		failing_in = n;
}

static inline void
failing_after(enum failing call, long n)
{
	starved = failing_did = false;
	failing_what = call;
	failing_resume(n);
}

static inline bool
failing_happened(void)
{
	return failing_what == FAILING_ALLOC ? starved : failing_did;
}

/* Fails one CALL of ACT after the other, every STEPth, and says how many
 * failures were told. None of them makes anything look damaged or taken, and
 * after each all is well again. */
static inline int
failing_sweep(enum failing call, enum err (*act)(void), long step)
{
	int told = 0;

	for (long n = 1;; n += step) {
		enum err e;

		failing_after(call, n);
		e = act();
		(void)failing_pause();
		if (!failing_happened())
			return told;
		told += e != ERR_OK;
		if (e == ERR_CORRUPT || e == ERR_EXISTS)
			fail_msg("call %ld: %s", n, err_name(e));
		assert_ok(act());
	}
}
