/*
 * userinfo.h - claims that did not come with the ID token (Core 5.3)
 */
#pragma once

#include "portal/signin/discover.h"

/* True when a claim we use is missing in CLAIMS. */
bool userinfo_needed(const struct conf_provider *c, const json_t *claims);

/* Reads an answer: PROVIDER unless it is a JSON object about SUBJECT. A pure
 * function; the caller owns OUT. */
MUST_USE enum err userinfo_parse(const char *type, const char *text, size_t len,
    const char *subject, json_t **out, struct signin_why *why);

/* Adds to CLAIMS what it does not have; what the ID token said stands. */
MUST_USE enum err userinfo_add(struct turn *t, const struct metadata *m,
    const char *access_token, json_t *claims);
