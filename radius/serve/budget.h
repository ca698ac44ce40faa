/*
 * budget.h - how much one may ask for
 *
 * Token buckets in a table of fixed size: those who share a place share a
 * budget, which the process's own hash makes nobody's choice. One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BUDGET_PLACES = 1 << 12 };

struct budget_rule {
	uint32_t burst;    /* tokens at most */
	uint32_t per_hour; /* tokens that come back */
};

struct budget {
	struct budget_rule rule;
	struct {
		int64_t since; /* monotonic; when the bucket was last full */
		bool used;
	} v[BUDGET_PLACES];
};

/* Is there a token of WHO (a table_hash())? */
bool budget_has(const struct budget *b, uint64_t who, int64_t now);

/* Takes a token of WHO (a table_hash()); false when there is none. */
bool budget_take(struct budget *b, uint64_t who, int64_t now);
