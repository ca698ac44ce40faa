#include "portal/keeper/confine.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/base/confine.h"

bool
confine_process(pid_t parent)
{
	const struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	return parent == 0 || (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
				  getppid() == parent);
}

/* 20 at most (N-12). Memory that is code cannot be made. */
static const struct confine_rule calls[] = {
#ifdef SYS_poll
    CONFINE_ALLOW(poll),
#endif
    CONFINE_ALLOW(ppoll), CONFINE_ALLOW(recvfrom), CONFINE_ALLOW(sendto),
    CONFINE_ALLOW(accept4), CONFINE_ALLOW(close),
    CONFINE_ALLOW(write), /* the log */
    CONFINE_ALLOW(getpid), CONFINE_ALLOW(clock_gettime),
    CONFINE_ALLOW(getrandom), CONFINE_ALLOW(brk),
    CONFINE_UNLESS(mmap, 2, PROT_EXEC), CONFINE_ALLOW(munmap),
    CONFINE_ALLOW(madvise), CONFINE_ALLOW(futex), CONFINE_ALLOW(rt_sigreturn),
    CONFINE_ALLOW(restart_syscall), /* stopped, and goes on */
    CONFINE_ALLOW(exit_group)};

static bool
try_all(const struct ring *ring)
{
	uint8_t check[SEAL_CHECK_LEN];

	tzset(); /* the log's first line would open a file */
	return seal_check_make(ring, check) == ERR_OK &&
	       seal_check_verify(ring, check, sizeof(check)) == ERR_OK;
}

bool
confine_keeper(const struct ring *ring)
{
	return try_all(ring) &&
	       confine_calls(calls, sizeof(calls) / sizeof(*calls));
}
