#include "radius/serve/budget.h"

/* Each token takes a while to come back; `since` lies so far behind NOW as
 * there are tokens. */
bool
budget_take(struct budget *b, uint64_t who, int64_t now)
{
	int64_t each = INT64_C(3600000000000) / b->rule.per_hour;
	int64_t full = now - each * b->rule.burst;
	size_t i = who % BUDGET_PLACES;

	if (!b->v[i].used || b->v[i].since < full) {
		b->v[i].used = true;
		b->v[i].since = full;
	}
	if (now - b->v[i].since < each)
		return false;
	b->v[i].since += each;
	return true;
}
