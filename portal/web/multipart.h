/*
 * multipart.h - a form that brings a file (RFC 7578)
 *
 * Read strictly and in place: few parts, short heads, text fields in UTF-8.
 * One file at most, whose octets stay where they are in the body. A pure
 * function.
 */
#pragma once

#include "portal/web/form.h"

enum {
	MULTIPART_PARTS_MAX = 32,
	MULTIPART_HEAD_MAX = 1024,   /* octets of a part's head */
	MULTIPART_BOUNDARY_MAX = 70, /* RFC 2046 5.1.1 */
};

struct multipart_file {
	const char *octets; /* of the body; NULL: none was chosen */
	size_t len;
};

/* TYPE is the request's content-type. BAD_INPUT when malformed, TOO_BIG with
 * too many parts. */
MUST_USE enum err multipart_parse(const char *type, const char *body,
    size_t len, struct arena *a, struct form *out, struct multipart_file *file);
