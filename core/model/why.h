/*
 * why.h - which field is wrong, and how to mend it
 */
#pragma once

#include "core/base/err.h"

struct why {
	char field[32]; /* as the form and the API name it; "" when none */
	char text[160]; /* one English sentence; never holds a secret */
};

/* Fills W (which may be NULL) and returns E, so that a check can say
 * `return why_set(w, ERR_BAD_INPUT, "vlan", "...")`. */
enum err why_set(struct why *w, enum err e, const char *field, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));
