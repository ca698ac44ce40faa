/* A disk that takes its time: preloaded (LD_PRELOAD), fsync() and fdatasync()
 * last SLOW_DISK_MS longer. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void
wait_for_it(void)
{
	const char *ms = getenv("SLOW_DISK_MS");
	long n = ms == NULL ? 0 : strtol(ms, NULL, 10);
	struct timespec t = {n / 1000, n % 1000 * 1000000};

	(void)nanosleep(&t, NULL);
}

int
fsync(int fd)
{
	wait_for_it();
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	wait_for_it();
	return (int)syscall(SYS_fdatasync, fd);
}
