/*
 * shared.h - the secret an access point shares with us
 *
 * Holds what can be computed from the secret once instead of per packet.
 */
#pragma once

#include "core/base/secret.h"
#include "radius/wire/md5.h"

struct shared {
	struct hmac_md5_pads pads;
	struct secret secret;
};

/* TOO_BIG over SECRET_MAX octets, BAD_INPUT for none. */
MUST_USE enum err shared_set(struct shared *s, const void *octets, size_t len);
void shared_own(struct shared *s);
