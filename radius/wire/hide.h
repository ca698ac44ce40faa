/*
 * hide.h - the stream cipher RADIUS hides passwords with
 */
#pragma once

#include "radius/wire/packet.h"
#include "radius/wire/sign.h"

enum {
	HIDE_MAX = 239, /* octets hidden at most: 240 with the length */
	HIDE_SALT = 2,
	HIDE_OUT = 2 + 240, /* salt and ciphertext at most */
};

/* Salt and padded octets, still in the clear, and what they are hidden with:
 * of the request, its authenticator. */
struct hide {
	const struct shared *shared;
	const uint8_t *request_auth; /* PACKET_AUTH octets */
	uint8_t *p;
	size_t len; /* from hide_lay() */
};

/* RFC 2868 3.5: OUT gets the salt, the length, LEN octets (at most HIDE_MAX)
 * and the padding, in the clear; returns how many. */
size_t hide_lay(uint16_t salt, const void *octets, size_t len,
    uint8_t out[static HIDE_OUT]);

/* Hides N of them where they are, at most SIGN_MAX, side by side. */
void hide_all(const struct hide *v, size_t n);

/*
 * RFC 2868 3.5: OUT gets the salt and the ciphertext of length, octets and
 * padding; returns how many. The same without a tag hides MS-MPPE keys
 * (RFC 2548 2.4.2). LEN is at most HIDE_MAX.
 */
size_t hide_salted(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], uint16_t salt,
    const void *octets, size_t len, uint8_t out[static HIDE_OUT]);
