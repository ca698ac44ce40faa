/*
 * setup.h - networks, plans, rules, access points; the first administrator
 */
#pragma once

#include "core/base/secret.h"
#include "core/crypt/tls_psk.h"
#include "core/service/call.h"

/* add: ID and times are filled in. set: version must match (CONFLICT).
 * remove: CONFLICT with a reason while something depends on it. Writes need
 * ROLE_ADMIN; reads ROLE_OPERATOR, ROLE_AUDITOR or what a page needs. */
MUST_USE enum err network_add(struct call *c, struct network *n);
MUST_USE enum err network_set(struct call *c, struct network *n);
MUST_USE enum err network_remove(struct call *c, const struct uid *id);
MUST_USE enum err
network_get(struct call *c, const struct uid *id, struct network *out);
/* By id, or by name or SSID when TEXT is no id. */
MUST_USE enum err
network_find(struct call *c, const char *text, struct network *out);
MUST_USE enum err network_list(struct call *c, struct network **out, size_t *n);

MUST_USE enum err plan_add(struct call *c, struct plan *p);
MUST_USE enum err plan_set(struct call *c, struct plan *p);
/* The same at once: each device on the air with the plan is asked to leave, in
 * the same transaction, and joins again as the plan now says. Otherwise it
 * counts at each one's next join. */
MUST_USE enum err plan_set_now(struct call *c, struct plan *p);
MUST_USE enum err plan_remove(struct call *c, const struct uid *id);
MUST_USE enum err
plan_get(struct call *c, const struct uid *id, struct plan *out);
MUST_USE enum err plan_find(struct call *c, const char *text, struct plan *out);
MUST_USE enum err plan_list(struct call *c, struct plan **out, size_t *n);

MUST_USE enum err rule_add(struct call *c, struct rule *r);
MUST_USE enum err rule_set(struct call *c, struct rule *r);
MUST_USE enum err rule_remove(struct call *c, const struct uid *id);
MUST_USE enum err rule_list(struct call *c, struct rule **out, size_t *n);

/* SECRET: the RADIUS shared secret, at least 16 octets; sealed. */
MUST_USE enum err
ap_add(struct call *c, struct access_point *a, const struct secret *secret);
/* SECRET NULL keeps the present one. */
MUST_USE enum err
ap_set(struct call *c, struct access_point *a, const struct secret *secret);
MUST_USE enum err ap_remove(struct call *c, const struct uid *id);
MUST_USE enum err
ap_get(struct call *c, const struct uid *id, struct access_point *out);
MUST_USE enum err
ap_find(struct call *c, const char *text, struct access_point *out);
MUST_USE enum err ap_list(struct call *c, struct access_point **out, size_t *n);
/* Its name and key for TLS-PSK, whether it uses them or not. Needs
 * ROLE_ADMIN; recorded. */
MUST_USE enum err
ap_psk(struct call *c, const struct uid *id, struct tls_psk *out);

/* The first administrator: a one-time link, valid SECONDS. TOKEN is what goes
 * into the URL; only its hash is stored. */
MUST_USE enum err
setup_link(struct call *c, int64_t seconds, struct secret *token);

/* Redeems it by POST: the signed-in PERSON becomes an administrator for good
 * (kept apart from what rules give). EXPIRED and used links are NOT_FOUND. */
MUST_USE enum err
setup_redeem(struct call *c, const char *token, const struct uid *person);
