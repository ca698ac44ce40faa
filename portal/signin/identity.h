/*
 * identity.h - who somebody is, from claims that have been checked
 *
 * A person is issuer and subject, nothing else. Groups are compared octet for
 * octet; when the provider says that it left some out, or sends more than
 * SIGNIN_GROUPS_MAX or something that is no list of texts, they are unknown.
 */
#pragma once

#include <jansson.h>

#include "portal/signin/signin.h"

/* OUT lives in A; what CLAIMS do not have is "" there. */
MUST_USE enum err identity_of(const json_t *claims, const char *groups_claim,
    struct arena *a, struct signin_identity *out);
