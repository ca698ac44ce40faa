/*
 * hide.h - the stream cipher RADIUS hides passwords with
 */
#pragma once

#include "radius/wire/packet.h"

enum {
	HIDE_MAX = 239, /* octets hidden at most: 240 with the length */
	HIDE_SALT = 2,
	HIDE_OUT = 2 + 240, /* salt and ciphertext at most */
	HIDE_PASSWORD_MAX = 128,
};

/*
 * RFC 2868 3.5: OUT gets the salt and the ciphertext of length, octets and
 * padding; returns how many. The same without a tag hides MS-MPPE keys
 * (RFC 2548 2.4.2). LEN is at most HIDE_MAX.
 */
size_t hide_salted(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], uint16_t salt,
    const void *octets, size_t len, uint8_t out[static HIDE_OUT]);

/* The reverse, for tests and for what access points return. BAD_INPUT when
 * the length inside does not fit. OUT has room for HIDE_MAX. */
MUST_USE enum err unhide_salted(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], const uint8_t *in,
    size_t inlen, uint8_t *out, size_t *len);

/* RFC 2865 5.2. LEN octets of ciphertext (16..128, a multiple of 16); trailing
 * NULs are cut. OUT has room for HIDE_PASSWORD_MAX. */
MUST_USE enum err unhide_password(const struct shared *s,
    const uint8_t request_auth[static PACKET_AUTH], const uint8_t *in,
    size_t inlen, uint8_t *out, size_t *len);
