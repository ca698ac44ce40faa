#include "radius/serve/budget.h"

static int64_t
each(const struct budget *b)
{
	return INT64_C(3600000000000) / b->rule.per_hour;
}

/* Each token takes a while to come back; `since` lies so far behind NOW as
 * there are tokens. */
static int64_t
since(const struct budget *b, uint64_t who, int64_t now)
{
	int64_t full = now - each(b) * b->rule.burst;
	size_t i = who % BUDGET_PLACES;

	return b->v[i].used && b->v[i].since > full ? b->v[i].since : full;
}

bool
budget_has(const struct budget *b, uint64_t who, int64_t now)
{
	return now - since(b, who, now) >= each(b);
}

bool
budget_take(struct budget *b, uint64_t who, int64_t now)
{
	size_t i = who % BUDGET_PLACES;

	if (!budget_has(b, who, now))
		return false;
	b->v[i].since = since(b, who, now) + each(b);
	b->v[i].used = true;
	return true;
}
