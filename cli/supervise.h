/*
 * supervise.h - one process that owns the listening sockets
 *
 * It parses no input of anybody. Children inherit the sockets by the protocol
 * of sd_listen_fds(3), so a restarted one finds them open and nothing that
 * arrived meanwhile is lost (B-6). SIGHUP makes the children read certificates
 * again or, when the configuration is another one and can be used, start with
 * it; addresses and ports stay until the supervisor itself starts anew.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	SUPERVISE_SOCKETS_MAX = 48,
	SUPERVISE_STOP_MS = 20000,  /* a child may take this long to end */
	SUPERVISE_BACKOFF_MS = 200, /* doubles up to the next */
	SUPERVISE_BACKOFF_MAX_MS = 10000,
	SUPERVISE_STEADY_MS = 10000, /* a life this long forgives the past */
	SUPERVISE_ASKED_MS =
	    500 /* an end without fault after this was wanted */
};

struct supervised_socket {
	int fd;
	const char *name; /* "https", "auth", "acct", "tls" */
};

struct child {
	const char *program, *conf_path;
	struct supervised_socket socket[SUPERVISE_SOCKETS_MAX];
	int nsockets;
	/* the supervisor's own */
	pid_t pid;
	int64_t started, again_at;
	int backoff;
};

/* Runs the N children until SIGTERM or SIGINT. Returns 0 after a clean stop,
 * 78 when a child says that the configuration cannot be used. */
int supervise(struct child *children, int n);
