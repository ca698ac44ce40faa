#include "radius/serve/confine.h"

#include <errno.h>
#include <sys/mman.h>

#include "core/base/confine.h"

/* What is left: answers, disconnects, the store (SQLite with a write-ahead
 * log, or libpq with its resolver), the snapshot, and glibc 2.36 below them.
 * More than 25 (N-12), as the store is read and written in this process. */
static const struct confine_rule calls[] = {
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

bool
confine_responder(void)
{
	return confine_calls(calls, sizeof(calls) / sizeof(*calls));
}
