/*
 * problem.h - what went wrong, for machines
 *
 * RFC 9457 problem details below /api, and the error of RFC 7644 3.12 below
 * /scim. `code` is a word of err.def; `field` names the member to blame.
 */
#pragma once

#include "portal/web/page.h"

/* Is the path one for machines, below /api or /scim? */
bool problem_wanted(const struct page *p);

/* The whole reply. INCIDENT is what the log says it under; "" for none. */
void problem_write(struct page *p, int status, const char *words,
    const char *code, const char *incident);
