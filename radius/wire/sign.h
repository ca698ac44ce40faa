/*
 * sign.h - check, hide and sign packets by the batch
 *
 * The same as packet_signed() and reply_end(), for many packets side by side
 * (md5_many.h). Nothing here decides: what is checked and signed is the
 * caller's.
 */
#pragma once

#include <stdbool.h>

#include "radius/wire/md5_many.h"
#include "radius/wire/shared.h"

enum {
	SIGN_MAX = 64, /* packets in one call */
	/* Octets that must be writable behind a packet. */
	SIGN_ROOM = SECRET_MAX + MD5_MANY_ROOM,
};

/* A request with its Message-Authenticator's value at offset MA: `right` says
 * afterwards whether it is (RFC 3579 3.2). P is as before, up to LEN. */
struct sign_check {
	uint8_t *p;
	size_t len, ma;
	const struct shared *shared;
	bool right;
};
void sign_check(struct sign_check *v, size_t n);

/* A reply from reply_close(), or octets that are done, with nothing SHARED: the
 * request's authenticator in its header, and,
 * where MA says so, a Message-Authenticator of zeros as its first attribute.
 * The value of a Tunnel-Password may still be in the clear (see hide_all());
 * HIDE is that, 0 octets when there is none. Nothing is done to one that has
 * nothing SHARED. */
struct sign_reply {
	uint8_t *p;
	size_t len;
	const struct shared *shared;
	bool ma;
	struct {
		uint16_t at, len;
	} hide;
};
void sign_replies(const struct sign_reply *v, size_t n);
