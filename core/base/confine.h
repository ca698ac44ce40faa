/*
 * confine.h - a process gives up the system calls it does not need
 *
 * What its list does not name ends the whole process, not a thread of it
 * (seccomp(2), SECCOMP_RET_KILL_PROCESS): a program that makes one is not
 * running its own code any more.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

/* One call and what becomes of it. */
struct confine_rule {
	long call;
	int error;     /* it fails with this errno; 0: it is made */
	unsigned arg;  /* only where (argument ARG & MASK) == WANT; */
	uint64_t mask; /* MASK 0: always */
	uint64_t want;
};

/* Rows of a list. Tests count them in the source by these names. */
#define CONFINE_ALLOW(name)                                                    \
	{                                                                      \
		.call = SYS_##name                                             \
	}
#define CONFINE_FAIL(name, errno_)                                             \
	{                                                                      \
		.call = SYS_##name, .error = (errno_)                          \
	}
#define CONFINE_IF_SET(name, n, bits)                                          \
	{                                                                      \
		.call = SYS_##name, .arg = (n), .mask = (bits), .want = (bits) \
	}
#define CONFINE_ONLY(name, n, value)                                           \
	{                                                                      \
		.call = SYS_##name, .arg = (n), .mask = UINT64_MAX,            \
		.want = (value)                                                \
	}
#define CONFINE_UNLESS(name, n, bits)                                          \
	{                                                                      \
		.call = SYS_##name, .arg = (n), .mask = (bits)                 \
	}
#define CONFINE_FAIL_IF(name, n, bits, errno_)                                 \
	{                                                                      \
		.call = SYS_##name, .error = (errno_), .arg = (n),             \
		.mask = (bits), .want = (bits)                                 \
	}

/* From now on every thread of this process, and those it starts, make the
 * calls of RULES only. Sets no_new_privs. False, and no call is given up, when
 * the kernel refuses. In a build with sanitizers it does nothing: their
 * reports make more calls. */
bool confine_calls(const struct confine_rule *rules, size_t n);

/* The same for the calling thread alone, beside what holds for the process:
 * what it makes is in both lists. The process must still be allowed seccomp(2)
 * (CONFINE_SECCOMP), and have no_new_privs. */
bool confine_thread(const struct confine_rule *rules, size_t n);

/* The calling thread makes what the process may, but for seccomp(2). */
bool confine_thread_seccomp(void);

/* For a list of the process whose threads confine themselves further. */
#define CONFINE_SECCOMP CONFINE_ONLY(seccomp, 0, 1) /* SET_MODE_FILTER */
