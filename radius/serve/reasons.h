/*
 * reasons.h - why was this device refused?
 *
 * The last refusals, and how they came about, kept in memory for whoever asks
 * (`latchkey ap why`). Old ones give way.
 */
#pragma once

#include <stddef.h>

#include "core/base/mac.h"
#include "core/base/uid.h"
#include "core/model/policy.h"

enum { REASONS_MAX = 2048 };

struct reason {
	int64_t at;
	struct mac station;
	char network[SSID_MAX + 1];
	char ap[ROLE_NAME_MAX + 1];
	enum verdict verdict;
	const char *detail; /* a literal, or NULL */
	struct uid key;     /* none when none was found */
};

struct reasons;

struct reasons *reasons_new(void); /* NULL when out of memory */
void reasons_free(struct reasons *r);
void reasons_add(struct reasons *r, const struct reason *reason);

/* Copies up to MAX into OUT, the newest first; of STATION only unless NULL. */
size_t reasons_list(struct reasons *r, const struct mac *station,
    struct reason *out, size_t max);
