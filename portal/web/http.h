/*
 * http.h - one request and its reply, as the pages see them
 *
 * No Kore here: portal/kore copies what it received into a struct request,
 * runs app_handle() in a pool thread, and writes the struct reply out. So a
 * page is straight-line C that may block, and can be tested without a server.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/model/bounds.h"

enum http_method {
	HTTP_GET = 1,
	HTTP_HEAD = 2,
	HTTP_POST = 4,
	HTTP_PUT = 8,
	HTTP_PATCH = 16,
	HTTP_DELETE = 32,
};

struct http_header_line {
	const char *name; /* lower case */
	const char *value;
};

struct request {
	struct arena *arena; /* everything below lives in it */
	enum http_method method;
	const char *path;  /* as sent, without the query; starts with '/' */
	const char *query; /* as sent, without '?'; "" when none */
	const struct http_header_line *headers;
	size_t nheaders;
	const char *body; /* body_len octets, NUL-terminated */
	size_t body_len;
	struct in6_addr peer; /* v4 is v4-mapped */
	int64_t now, since;   /* seconds; clock_mono(), both at arrival */
	/* set by routing */
	const char *args[HTTP_ARGS_MAX]; /* what the route's groups matched */
};

struct reply {
	int status;
	struct arena *arena;
	struct http_header_line headers[32];
	size_t nheaders;
	struct buf body;
	bool sign; /* inside a CMS SignedData, by portal/kore/sign.h */
};

/* The value of the header called NAME (lower case); NULL when absent or sent
 * more than once. */
const char *request_header(const struct request *rq, const char *name);

/* Is the body of media type A or B, whatever its parameters (RFC 9110 8.3)? */
bool request_is_of(const struct request *rq, const char *a, const char *b);

/* Adds a header; values with control characters are dropped and logged. */
void reply_header(struct reply *rp, const char *name, const char *value);
void reply_headerf(struct reply *rp, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
