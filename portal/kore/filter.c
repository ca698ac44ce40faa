/*
 * filter.c - the system calls a worker may make
 *
 * All of them: Kore adds nothing. Anything else ends the process. The list is
 * what the event loop, threads, SQLite with a write-ahead log, libcurl with
 * its resolver, and glibc 2.36 below them make on x86-64 and arm64. No new
 * program, no new process, no listening, no mount, no change of identity.
 */
#include <sys/types.h> /* which hooks.h wants before it */

#include <kore/hooks.h>
#include <kore/kore.h>
#include <kore/seccomp.h>
#include <sched.h>
#include <sys/mman.h>

#define ALLOW KORE_SYSCALL_ALLOW

static struct sock_filter calls[] = {
    /* asked for, and fine to go without */
    KORE_SYSCALL_DENY(ioctl, EACCES),
    KORE_SYSCALL_DENY(fchown, EPERM),
    KORE_SYSCALL_DENY(clone3, ENOSYS), /* glibc takes clone() then */
    KORE_SYSCALL_DENY(sched_yield, ENOSYS),

    /* files */
    ALLOW(read),
    ALLOW(write),
    ALLOW(pread64),
    ALLOW(pwrite64),
    ALLOW(openat),
    ALLOW(close),
    ALLOW(lseek),
    ALLOW(fstat),
    ALLOW(newfstatat),
    ALLOW(fcntl),
    ALLOW(fsync),
    ALLOW(fdatasync),
    ALLOW(ftruncate),
    ALLOW(fchmod),
#if defined(SYS_access)
    ALLOW(access),
    ALLOW(readlink),
    ALLOW(unlink),
#else
    ALLOW(faccessat),
    ALLOW(readlinkat),
    ALLOW(unlinkat),
#endif

    /* memory; nothing becomes code */
    KORE_SYSCALL_DENY_WITH_FLAG(mmap, 2, PROT_EXEC, EACCES),
    KORE_SYSCALL_DENY_WITH_FLAG(mprotect, 2, PROT_EXEC, EACCES),
    ALLOW(mmap),
    ALLOW(munmap),
    ALLOW(mremap),
    ALLOW(mprotect),
    ALLOW(madvise),
    ALLOW(brk),

    /* network */
    ALLOW(accept),
    ALLOW(socket),
    ALLOW(socketpair),
    ALLOW(connect),
    ALLOW(bind),
    ALLOW(shutdown),
    ALLOW(getsockname),
    ALLOW(getpeername),
    ALLOW(getsockopt),
    ALLOW(setsockopt),
    ALLOW(sendto),
    ALLOW(sendmmsg),
    ALLOW(recvfrom),
    ALLOW(recvmsg),
#if defined(SYS_poll)
    ALLOW(poll),
#else
    ALLOW(ppoll),
#endif
    ALLOW(epoll_ctl),
    ALLOW(epoll_pwait),
    ALLOW(eventfd2),

    /* threads, never a process */
    KORE_SYSCALL_ALLOW_WITH_FLAG(clone, 0, CLONE_THREAD),
    ALLOW(set_robust_list),
    ALLOW(rseq),
    ALLOW(futex),
    ALLOW(sched_getaffinity),
    ALLOW(getpid),
    ALLOW(gettid),
    ALLOW(geteuid),
    ALLOW(uname),
    ALLOW(sysinfo), /* qsort() asks how much memory there is */
    ALLOW(rt_sigaction),
    ALLOW(rt_sigprocmask),
    ALLOW(rt_sigreturn),
    ALLOW(restart_syscall), /* stopped, and goes on */
    ALLOW(clock_nanosleep),
    ALLOW(clock_gettime),
    ALLOW(getrandom),
    ALLOW(exit),
    ALLOW(exit_group),
#ifdef SANITIZED /* which makes calls of its own to report */
    BPF_STMT(BPF_RET + BPF_K, SECCOMP_RET_ALLOW),
#endif
};

void
kore_seccomp_hook(void)
{
	kore_seccomp_filter("portal", calls, KORE_FILTER_LEN(calls));
}
