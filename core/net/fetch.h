/*
 * fetch.h - ask another server, from a thread that may wait
 *
 * https with full verification, no redirects, no proxies from the environment,
 * no compression, one deadline over everything from the name look-up to the
 * last octet, and a cap on the answer. The address that was looked up is
 * checked at the moment it is connected to, so that a name cannot be pointed
 * elsewhere between check and use. One curl handle per thread is kept, for its
 * connections and TLS sessions, and goes away with the thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum {
	FETCH_DEADLINE_MS = 5000,
	FETCH_BODY_MAX = 256 * 1024,
	FETCH_HEAD_MAX = 16 * 1024,
	FETCH_HEADERS_MAX = 8,
};

/* Where one may go. All zero is the strictest: public addresses by https. */
struct fetch_policy {
	const char *ca_file; /* PEM; NULL: the system's */
	bool loopback;       /* also 127/8 and ::1, there also by http */
	bool private;        /* also RFC 1918 and its like */
	int64_t deadline_ms; /* 0: FETCH_DEADLINE_MS */
	size_t body_max;     /* 0: FETCH_BODY_MAX */
};

struct fetch_call {
	const char *url;
	const char *headers[FETCH_HEADERS_MAX]; /* "Name: value", then NULL */
	const char *user, *password; /* HTTP Basic (RFC 7617), or NULL */
	const char *bearer;          /* RFC 6750 2.1, or NULL */
	const char *type; /* of the body; NULL makes it a GET, otherwise POST */
	const char *body;
	size_t body_len;
};

struct fetch_reply {
	int status;          /* 0 when there was no answer */
	struct buf body;     /* body_max at most; may hold NULs */
	struct buf head;     /* header lines as received */
	char type[128];      /* media type, lower case, no parameters */
	const char *trouble; /* why it failed, a constant such as "timeout" */
};

/*
 * BAD_INPUT: the URL is refused; FORBIDDEN: its address is; TOO_BIG: the answer
 * was over the cap; IO: no answer, late, or not trusted. Any HTTP status is a
 * success here. OUT is to be OWN(fetch_reply) and starts as {0}.
 */
MUST_USE enum err fetch(const struct fetch_call *call,
    const struct fetch_policy *policy, struct fetch_reply *out);

/* The value of header NAME (any case), copied to OUT; false when absent. */
bool fetch_header(
    const struct fetch_reply *r, const char *name, char *out, size_t size);

void fetch_reply_own(struct fetch_reply *r);
