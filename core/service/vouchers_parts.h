/*
 * vouchers_parts.h - what the files about vouchers share; for this folder only
 */
#pragma once

#include "core/crypt/hash.h"
#include "core/service/act.h"
#include "core/service/vouchers.h"

/* Of a code as typed; NOT_FOUND for what cannot be one. */
MUST_USE enum err
vouchers_hash(struct call *c, const char *typed, uint8_t out[static HASH_LEN]);

/* The voucher of a code, or of its hash; NOT_FOUND. */
MUST_USE enum err
vouchers_of_code(struct call *c, const char *typed, struct voucher *out);
MUST_USE enum err vouchers_of_hash(
    struct call *c, const uint8_t hash[static HASH_LEN], struct voucher *out);

/* The code that follows from SEED and the ring. */
MUST_USE enum err
vouchers_code_of(struct call *c, const char *seed, struct secret *out);

/* Stores V as it is now, with the audit row ACT, in the caller's transaction.
 */
MUST_USE enum err
vouchers_put(struct call *c, struct voucher *v, const char *act);

/* Texts and days of the order; BAD_INPUT names the one that is wrong. */
MUST_USE enum err
vouchers_fill(struct call *c, const struct voucher_order *o, struct voucher *v);

/* After VOUCHER was used up: tells webhooks when a tenth of its batch is left,
 * or nothing. */
MUST_USE enum err vouchers_stock(struct call *c, const struct uid *voucher);
