#include "core/service/turn.h"

/* A clock that was far ahead when the turn was taken must not hold it for
 * years, so one that ends much later than it could is nobody's. */
enum err
turn_take(struct call *c, const char *name, bool *mine)
{
	int64_t changed = 0;
	enum err e = store_run(c->store, SQL_TURN_TAKE,
	    DB_ARGS(DB_TEXT(name), DB_TEXT(c->store->self.s),
		DB_INT(c->now + TURN_SECONDS), DB_INT(c->now),
		DB_INT(c->now + TURN_SECONDS + TURN_SKEW)),
	    &changed);

	*mine = changed != 0;
	return e;
}
