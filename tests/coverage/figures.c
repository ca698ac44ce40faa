/*
 * figures.c - what a program reached, of all its processes
 *
 * Linked into every program of a build with COV=1, and into no other. gcov
 * writes its counters when a process ends. Ours are confined by then, belong
 * to other users, or are killed. So the counters (figures.ld) are mapped from
 * the file PROGRAM.figures before main(), shared with all that run or ran the
 * same program, and nobody has anything to write. With LATCHKEY_HARVEST set
 * the program does nothing but hand over what is in that file to gcov.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern char figures_begin[], figures_end[];
void __gcov_dump(void);
void __wrap___gcov_exit(void);
void figures_map(void);

/* Instead of gcov's own, which would write them once more at every exit. */
void
__wrap___gcov_exit(void)
{
}

/* After gcov's constructors, before all others. */
__attribute__((constructor(101))) void
figures_map(void)
{
	const size_t size = (size_t)(figures_end - figures_begin);
	char path[PATH_MAX + 16] = "";
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);
	int fd;

	if (n <= 0)
		return;
	(void)snprintf(path + n, sizeof(path) - (size_t)n, ".figures");
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)) < 0)
		return;
	(void)fchmod(fd, 0666); /* for those that run as somebody else */
	if (ftruncate(fd, (off_t)size) == 0 &&
	    mmap(figures_begin, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
		abort();
	(void)close(fd);
	if (getenv("LATCHKEY_HARVEST") != NULL) {
		__gcov_dump();
		_exit(EXIT_SUCCESS);
	}
}
