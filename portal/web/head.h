/*
 * head.h - the first lines of a request, read strictly
 *
 * Two programs that read the same octets differently can be played against
 * each other (request smuggling). So nothing here is repaired: what is not
 * exactly RFC 9112 is refused, and so is what RFC 9112 merely allows but
 * nobody honest sends.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "portal/web/http.h"

enum { HEAD_ADDRESS_MAX = 4096 };

struct head {
	enum http_method method;
	const char *path;  /* starts with '/', no dot segments, no empty ones */
	const char *query; /* "" when none */
	const char *host;  /* as sent, port and all */
	const struct http_header_line *headers; /* names in lower case */
	size_t nheaders;
	uint64_t body_len;
	bool close;    /* the connection ends after the answer */
	bool wants_go; /* Expect: 100-continue */
};

/*
 * Looks for the end of the head in the LEN octets at P, of which the first
 * *SEEN were looked at before, and moves *SEEN on. Returns 0 and the length of
 * the head (with its empty line) in *END, or *END = 0 when it is not complete;
 * or the HTTP status to refuse with, as soon as it is known.
 */
int head_scan(const char *p, size_t len, size_t *seen, size_t *end);

/* Reads the head of LEN octets that head_scan() delimited. Everything in OUT
 * lives in A. Returns 0, or the HTTP status to refuse with. */
int head_parse(struct arena *a, const char *p, size_t len, struct head *out);
