/*
 * scrape.h - /metrics for Prometheus, on loopback only
 *
 * A listener of its own, beside all that users reach: one request per
 * connection, one at a time, in a thread; anything but GET /metrics is not
 * found. Who fills the answer is somebody else.
 */
#pragma once

#include <stdbool.h>

#include "core/base/buf.h"

enum {
	SCRAPE_REQUEST_MAX = 2048,
	SCRAPE_ANSWER_MAX = 1 << 20,
	SCRAPE_PATIENCE_S = 2,
};

struct scrape;

/* A descriptor listening at WHERE ("127.0.0.1:9811", "[::1]:9811"), or -1
 * with errno: EINVAL when that is no address of loopback. */
int scrape_listen(const char *where);

/* Serves FD (which is then its own), calling FILL in a thread of its own, and
 * TURN (NULL: none) before it looks whether somebody asks. NULL when out of
 * memory or threads; FD is closed then. */
struct scrape *scrape_start(int fd, void (*turn)(void *arg),
    void (*fill)(void *arg, struct buf *out), void *arg);

/* Waits for its end. NULL is fine. */
void scrape_stop(struct scrape *s);
