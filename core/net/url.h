/*
 * url.h - the few URLs we are willing to follow, and how to write one
 *
 * Accepted: lower-case http or https, a host name or an address in its usual
 * form, an optional port, then printable ASCII. Refused: user names, fragments,
 * blanks, backslashes, anything a second parser might read differently.
 */
#pragma once

#include <stdbool.h>

#include "core/base/buf.h"

enum { URL_MAX = 2048, URL_HOST_MAX = 253 };

struct url {
	bool tls;
	char host[URL_HOST_MAX + 1]; /* lower case; v6 without brackets */
	int port;                    /* the scheme's own when not given */
	const char *rest; /* within the text parsed: path and query or "" */
};

/* False when refused; OUT is then empty. */
bool url_parse(const char *text, struct url *out);

/* Percent-encodes all but the unreserved characters (RFC 3986 2.3). */
void url_escape(struct buf *b, const char *text);

/* `name=value` in application/x-www-form-urlencoded, after a '&' unless B is
 * empty or ends in '?'. Good for queries and for bodies. */
void url_field(struct buf *b, const char *name, const char *value);

/*
 * Decodes one component of LEN octets into OUT: '+' is a space, %XX an octet.
 * False for a malformed escape, a NUL, malformed UTF-8, or when SIZE octets
 * (with the NUL) are too few.
 */
bool url_decode(const char *t, size_t len, char *out, size_t size);
