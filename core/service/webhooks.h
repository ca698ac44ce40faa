/*
 * webhooks.h - machines that are told what happens
 *
 * As Standard Webhooks has it (standardwebhooks.com): a POST of JSON with
 * webhook-id, webhook-timestamp and webhook-signature, the last being
 * `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. The id stays
 * the same however often one is told; the timestamp is that of the try, so
 * that a receiver can refuse what is old. Events about one thing arrive in
 * their order. The delivery log is the outbox (outbox_of_hook()).
 */
#pragma once

#include "core/base/secret.h"
#include "core/net/fetch.h"
#include "core/service/outbox.h"

#define WEBHOOKS_PREFIX "whsec_"

enum {
	WEBHOOKS_MOST = 20,
	WEBHOOKS_SECRET = 32, /* octets */
	WEBHOOKS_SIGNATURE = 64,
	WEBHOOKS_ANSWER_MAX = 65536, /* more is not read */
};

/* ROLE_ADMIN for all. Reads name, url, events ("" is all) and state of H and
 * fills in the rest; TEXT, WEBHOOKS_PREFIX and base64, is shown once. */
MUST_USE enum err
webhooks_add(struct call *c, struct webhook *h, struct secret *text);
MUST_USE enum err webhooks_set(struct call *c, struct webhook *h);
MUST_USE enum err
webhooks_list(struct call *c, struct webhook **out, size_t *n);
MUST_USE enum err
webhooks_get(struct call *c, const struct uid *id, struct webhook *out);

/* By id or by name. */
MUST_USE enum err
webhooks_find(struct call *c, const char *text, struct webhook *out);

/* With all that is in its log. */
MUST_USE enum err webhooks_remove(struct call *c, const struct uid *id);

/* Another secret, at once. */
MUST_USE enum err
webhooks_secret(struct call *c, const struct uid *id, struct secret *text);

/* Tells this one an event `webhook.test`, even when it wants none such. */
MUST_USE enum err webhooks_test(struct call *c, const struct uid *id);

/* For couriers: tells it, and says what came of that. */
struct outbox_fate webhooks_tell(struct call *c, const struct outbox_job *j,
    const struct fetch_policy *policy);

/* The value of webhook-signature; a pure function of SECRET_LEN octets. */
MUST_USE enum err webhooks_sign(const uint8_t *secret, size_t secret_len,
    const char *id, int64_t timestamp, const void *body, size_t len,
    char out[static WEBHOOKS_SIGNATURE]);
