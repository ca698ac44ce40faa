/*
 * people.h - people by what one can type
 */
#pragma once

#include "cli/cli.h"

/* By id, mail, subject or name. NOT_FOUND, with the reason in the call's why,
 * for none or several. */
MUST_USE enum err
person_named(struct cli *c, const char *text, struct person *out);
