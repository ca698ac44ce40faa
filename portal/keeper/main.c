/*
 * latchkey-keeper - seals and opens for a portal that has no master key
 *
 * Under systemd a unit of its own (latchkey-keeper.service); a portal that is
 * started as root needs none, it starts its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/conf/conf.h"
#include "portal/keeper/confine.h"
#include "portal/keeper/watch.h"

enum { FIRST_FD = 3, WAITING = 64 };

static int
usage(FILE *f, int code)
{
	(void)fputs("usage: latchkey-keeper [-c FILE] [-s SOCKET] [-V]\n", f);
	return code;
}

/* The socket that the starting process made for us (sd_listen_fds(3)). */
static int
inherited(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");

	if (pid == NULL || n == NULL || strtol(pid, NULL, 10) != getpid() ||
	    strcmp(n, "1") != 0)
		return -1;
	return FIRST_FD;
}

/* A socket at PATH for its owner and group; what is left of an earlier one
 * goes. */
static int
bind_at(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	mode_t mask;
	int fd;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if ((fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) < 0)
		return -1;
	memcpy(a.sun_path, path, strlen(path));
	(void)unlink(path);
	mask = umask(S_IXUSR | S_IXGRP | S_IRWXO);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, WAITING) != 0)
		return -1;
	(void)umask(mask);
	return fd;
}

static int
run(const struct conf *conf, const char *path)
{
	OWN(ring) struct ring *ring = NULL;
	char why[RING_WHY] = "";
	int fd = path ? bind_at(path) : inherited();

	if (fd < 0) {
		LOG(ERROR, "keeper.cannot-listen",
		    LOG_S("path", path ? path : "no socket was inherited"),
		    LOG_S("reason", path ? strerror(errno) : "-s SOCKET"));
		return EX_USAGE;
	}
	if (ring_load(conf->keys.master_key, &ring, why) != ERR_OK) {
		LOG(ERROR, "keeper.cannot-start", LOG_S("why", why));
		return EX_CONFIG;
	}
	if (!confine_process(0))
		return EXIT_FAILURE;
	return watch_keepers(&(struct watched){
	    .conf = conf, .ring = ring, .user = "", .listener = fd});
}

int
main(int argc, char **argv)
{
	OWN(conf) struct conf *conf = NULL;
	const char *path = CONF_PATH, *at = NULL;
	char why[CONF_WHY] = "";
	enum log_level level = LOG_INFO_;
	int c;

	while ((c = getopt(argc, argv, "c:s:hV")) != -1) {
		if (c == 'V') {
			(void)puts("latchkey-keeper " LATCHKEY_VERSION);
			return 0;
		}
		if (c == 'h')
			return usage(stdout, 0);
		if (c != 'c' && c != 's')
			return usage(stderr, EX_USAGE);
		*(c == 'c' ? &path : &at) = optarg;
	}
	if (optind != argc)
		return usage(stderr, EX_USAGE);
	if (conf_load(path, &conf, why) != ERR_OK) {
		(void)fprintf(stderr, "latchkey-keeper: %s\n", why);
		return EX_CONFIG;
	}
	(void)log_level_parse(conf->log.level, &level);
	log_start(
	    "latchkey-keeper", strcmp(conf->log.form, "json") == 0, level);
	return run(conf, at);
}
