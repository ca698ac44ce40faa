#include "portal/keeper/rules.h"

#include <stdio.h>
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

/* Is it of the password that was opened last? Passphrase and PMK of one are
 * one opening. */
static bool
again(const struct allowance *b, const struct seal_place *at)
{
	return b->last[0] != '\0' && strcmp(b->last, at->row) == 0;
}

/* The values of the store that a portal opens. */
static const struct {
	const char *table, *column;
	bool counts; /* by the budget */
	bool told;   /* in the log, each time */
} opened[] = {
    {"wifi_key", "passphrase", true, true},
    {"wifi_key", "pmk", true, false}, /* of an export */
    {"session", "id_token", false, false},
    {"signin", "pending", false, false},
    {"idempotency", NULL, false, false}, /* by the caller's key */
    {"outbox", "payload", false, false},
    {"webhook", "secret", false, false},
    {"renewal", "token", false, false},
    {"store", "check", false, false},
};

enum err
rules_allow(const struct keeper_question *q, struct allowance *b, int64_t now,
    bool *told)
{
	*told = false;
	if (q->act != KEEPER_OPEN)
		return ERR_OK;
	for (size_t i = 0; i < sizeof(opened) / sizeof(*opened); i++) {
		if (strcmp(opened[i].table, q->at.table) != 0 ||
		    (opened[i].column != NULL &&
			strcmp(opened[i].column, q->at.column) != 0))
			continue;
		*told = opened[i].told;
		if (!opened[i].counts || again(b, &q->at))
			return ERR_OK;
		if (!allowance_take(b, now))
			return ERR_THROTTLED;
		(void)snprintf(b->last, sizeof(b->last), "%s", q->at.row);
		return ERR_OK;
	}
	return ERR_FORBIDDEN;
}
