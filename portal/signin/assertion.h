/*
 * assertion.h - proving who we are with a signature (RFC 7523, private_key_jwt)
 */
#pragma once

#include <openssl/evp.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/conf/conf.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* Reads a private key, PEM: RSA of at least 2048 bits, or EC on P-256. CONFIG
 * with WHY for anything else, or a file others may read. */
MUST_USE enum err
assertion_key(const char *file, EVP_PKEY **out, char why[static CONF_WHY]);

/* A JWT for AUDIENCE, good for a minute and for one use. KID "": none. */
MUST_USE enum err
assertion_make(EVP_PKEY *key, const char *kid, const char *client_id,
    const char *audience, int64_t now, struct arena *a, const char **out);
