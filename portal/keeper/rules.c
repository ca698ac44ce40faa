#include "portal/keeper/rules.h"

#include <string.h>

enum { ONE = 60000 };

struct allowance
allowance_make(int64_t most, int64_t per_minute, int64_t now)
{
	return (struct allowance){.most = most,
	    .per_minute = per_minute,
	    .level = most * ONE,
	    .at = now};
}

bool
allowance_take(struct allowance *b, int64_t now)
{
	int64_t passed = now > b->at ? now - b->at : 0;

	/* longer than it takes to fill is no more than full */
	if (b->per_minute > 0 && passed > b->most * ONE / b->per_minute)
		b->level = b->most * ONE;
	else
		b->level += passed * b->per_minute;
	if (b->level > b->most * ONE)
		b->level = b->most * ONE;
	b->at = now;
	if (b->level < ONE)
		return false;
	b->level -= ONE;
	return true;
}

/* The values of the store that a portal opens. */
static const struct {
	const char *table, *column;
	bool counts;
} opened[] = {
    {"wifi_key", "passphrase", true},
    {"session", "id_token", false},
    {"signin", "pending", false},
    {"idempotency", NULL, false}, /* by the caller's key */
    {"outbox", "payload", false},
    {"webhook", "secret", false},
    {"renewal", "token", false},
    {"store", "check", false},
};

enum err
rules_allow(const struct keeper_question *q, struct allowance *b, int64_t now,
    bool *counts)
{
	*counts = false;
	if (q->act != KEEPER_OPEN)
		return ERR_OK;
	for (size_t i = 0; i < sizeof(opened) / sizeof(*opened); i++) {
		if (strcmp(opened[i].table, q->at.table) != 0 ||
		    (opened[i].column != NULL &&
			strcmp(opened[i].column, q->at.column) != 0))
			continue;
		*counts = opened[i].counts;
		return !*counts || allowance_take(b, now) ? ERR_OK
							  : ERR_THROTTLED;
	}
	return ERR_FORBIDDEN;
}
