#include "radius/serve/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/confine.h"
#include "core/base/log.h"

/* --- the process ---
 *
 * Answers, disconnects, the store (SQLite with a write-ahead log, or libpq with
 * its resolver), the snapshot, and glibc 2.36 below them. More than 25 (N-12),
 * as threads of this process read and write the store. */
static const struct confine_rule calls[] = {
    CONFINE_SECCOMP, /* until each thread has its own list */

    /* asked for, and fine to go without */
    CONFINE_FAIL(ioctl, EACCES),
    CONFINE_FAIL(fchown, EPERM),
    CONFINE_FAIL(bind, EACCES), /* the resolver's look at interfaces */
    CONFINE_FAIL_IF(mmap, 2, PROT_EXEC, EACCES), /* modules of the resolver */

    /* files */
    CONFINE_ALLOW(openat),
    CONFINE_ALLOW(close),
    CONFINE_ALLOW(read),
    CONFINE_ALLOW(write),
    CONFINE_ALLOW(pread64),
    CONFINE_ALLOW(pwrite64),
    CONFINE_ALLOW(lseek),
    CONFINE_ALLOW(fstat),
    CONFINE_ALLOW(newfstatat),
    CONFINE_ALLOW(fcntl),
    CONFINE_ALLOW(fsync),
    CONFINE_ALLOW(fdatasync),
    CONFINE_ALLOW(ftruncate),
    CONFINE_ALLOW(fchmod),
#ifdef SYS_rename
    CONFINE_ALLOW(access),
    CONFINE_ALLOW(readlink),
    CONFINE_ALLOW(unlink),
    CONFINE_ALLOW(rename),
#else
    CONFINE_ALLOW(faccessat),
    CONFINE_ALLOW(readlinkat),
    CONFINE_ALLOW(unlinkat),
    CONFINE_ALLOW(renameat),
#endif

    /* memory; nothing becomes code */
    CONFINE_UNLESS(mmap, 2, PROT_EXEC),
    CONFINE_UNLESS(mprotect, 2, PROT_EXEC),
    CONFINE_ALLOW(munmap),
    CONFINE_ALLOW(mremap),
    CONFINE_ALLOW(madvise),
    CONFINE_ALLOW(brk),

    /* network */
    CONFINE_ALLOW(accept),
    CONFINE_ALLOW(accept4),
    CONFINE_ALLOW(socket),
    CONFINE_ALLOW(connect),
    CONFINE_ALLOW(getsockname),
    CONFINE_ALLOW(getsockopt),
    CONFINE_ALLOW(setsockopt),
    CONFINE_ALLOW(sendto),
    CONFINE_ALLOW(sendmmsg),
    CONFINE_ALLOW(recvfrom),
    CONFINE_ALLOW(recvmsg),
    CONFINE_ALLOW(recvmmsg),
#ifdef SYS_poll
    CONFINE_ALLOW(poll),
#else
    CONFINE_ALLOW(ppoll),
#endif

    /* the threads there are; the last of them begin only now */
    CONFINE_ALLOW(set_robust_list),
    CONFINE_ALLOW(rseq),
    CONFINE_ALLOW(futex),
    CONFINE_ALLOW(sched_getaffinity), /* malloc() counts processors */
    CONFINE_ALLOW(getpid),
    CONFINE_ALLOW(geteuid),
    CONFINE_ALLOW(uname),   /* the resolver */
    CONFINE_ALLOW(sysinfo), /* qsort() */
    CONFINE_ALLOW(rt_sigaction),
    CONFINE_ALLOW(rt_sigprocmask),
    CONFINE_ALLOW(rt_sigtimedwait),
    CONFINE_ALLOW(rt_sigreturn),
    CONFINE_ALLOW(restart_syscall), /* stopped, and goes on */
    CONFINE_ALLOW(clock_nanosleep),
    CONFINE_ALLOW(clock_gettime),
    CONFINE_ALLOW(getrandom),
    CONFINE_ALLOW(exit),
    CONFINE_ALLOW(exit_group),
};

/* --- threads ----------------------------------------------------------------
 */

/* Memory, locks, clocks, the log, and the end. */
#define ANY_THREAD                                                             \
	CONFINE_ALLOW(write), CONFINE_UNLESS(mmap, 2, PROT_EXEC),              \
	    CONFINE_UNLESS(mprotect, 2, PROT_EXEC), CONFINE_ALLOW(munmap),     \
	    CONFINE_ALLOW(mremap), CONFINE_ALLOW(madvise), CONFINE_ALLOW(brk), \
	    CONFINE_ALLOW(futex), CONFINE_ALLOW(sched_getaffinity),            \
	    CONFINE_ALLOW(rt_sigprocmask), CONFINE_ALLOW(rt_sigreturn),        \
	    CONFINE_ALLOW(restart_syscall), CONFINE_ALLOW(clock_nanosleep),    \
	    CONFINE_ALLOW(clock_gettime), CONFINE_ALLOW(exit),                 \
	    CONFINE_ALLOW(exit_group)

#ifdef SYS_poll
#define POLL CONFINE_ALLOW(poll)
#else
#define POLL CONFINE_ALLOW(ppoll)
#endif

/* Looks through keys for the one of a handshake: has no descriptor to read. */
static const struct confine_rule search[] = {ANY_THREAD};

/* Packets of everybody, over UDP. */
static const struct confine_rule packets[] = {ANY_THREAD, POLL,
    CONFINE_ALLOW(recvmmsg), CONFINE_ALLOW(sendmmsg), CONFINE_ALLOW(sendto),
    CONFINE_ALLOW(read), /* of the eventfd that wakes it */
    CONFINE_ALLOW(getrandom)};

/* Connections of everybody: TLS, and its certificates when they changed. */
static const struct confine_rule streams[] = {ANY_THREAD, POLL,
    CONFINE_ALLOW(accept4), CONFINE_ALLOW(read), CONFINE_ALLOW(close),
    CONFINE_ALLOW(setsockopt), CONFINE_ALLOW(getrandom),
    CONFINE_ALLOW(getpid), /* OpenSSL looks whether it was forked */
    CONFINE_UNLESS(openat, 2, O_WRONLY | O_RDWR | O_CREAT), /* to read */
    CONFINE_ALLOW(fstat), CONFINE_ALLOW(newfstatat), CONFINE_ALLOW(lseek)};

/* Those of this host who ask how it is. */
static const struct confine_rule questions[] = {ANY_THREAD, POLL,
    CONFINE_ALLOW(accept), CONFINE_ALLOW(accept4), CONFINE_ALLOW(setsockopt),
    CONFINE_ALLOW(recvfrom), CONFINE_ALLOW(sendto), CONFINE_ALLOW(close),
    CONFINE_ALLOW(sysinfo)};

bool
confine_responder(void)
{
	return confine_calls(calls, sizeof(calls) / sizeof(*calls));
}

static bool
confined(enum confine_as as)
{
#define LIST(name) confine_thread(name, sizeof(name) / sizeof(*(name)))
	switch (as) {
	case CONFINE_SEARCH:
		return LIST(search);
	case CONFINE_PACKETS:
		return LIST(packets);
	case CONFINE_STREAMS:
		return LIST(streams);
	case CONFINE_QUESTIONS:
		return LIST(questions);
	case CONFINE_STORE:
		return confine_thread_seccomp();
	}
#undef LIST
	return false;
}

void
confine_self(const struct state *st, bool *done, enum confine_as as)
{
	if (*done || !atomic_load(&st->confined))
		return;
	*done = true;
	if (confined(as))
		return;
	LOG(ERROR, "radius.not_confined",
	    LOG_S("why", "the kernel refuses a thread's filter of system calls "
			 "(seccomp)"));
	_exit(EXIT_FAILURE);
}
