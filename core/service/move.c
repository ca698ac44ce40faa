/* The store moves to the other engine, and its record says so. */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/conf/conf.h"
#include "core/service/act.h"
#include "core/service/open.h"
#include "core/service/open_parts.h"

enum { ARENA = 1 << 20 };

static struct store_place
place_of(const struct conf *conf, const char *engine)
{
	struct conf as = *conf;

	as.store.engine = engine;
	return open_place(&as);
}

static enum err
record(const struct store_place *at, const struct ring *ring, const char *to,
    const struct db_moved *moved, struct why *why)
{
	OWN(arena) struct arena *a = arena_new(ARENA);
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct store *st = NULL;
	char text[DB_WHY];
	struct call c;
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	if ((e = store_open(at, false, false, &st, text)))
		return open_say(why, e, text);
	c = call_system(st, ring, a, clock_now());
	detail_text(&d, "to", to);
	detail_int(&d, "rows", moved->rows);
	if ((e = open_check_seal(st, ring, why)) == ERR_OK &&
	    (e = act_begin(&c, &tx)) == ERR_OK &&
	    (e = act_record(&c, "store.move", NOUN_STORE, NULL, &d)) == ERR_OK)
		e = act_end(&c, &tx);
	tx_own(&tx);
	store_close(st);
	return e;
}

static enum err
which(const struct conf *conf, const char *to, struct why *why)
{
	if (strcmp(to, "sqlite") != 0 && strcmp(to, "pgsql") != 0)
		return why_set(why, ERR_BAD_INPUT, "to",
		    "Give the engine to move to: sqlite or pgsql.");
	if (strcmp(to, conf->store.engine) == 0)
		return why_set(
		    why, ERR_EXISTS, "to", "The store is there already.");
	if (strcmp(to, "pgsql") == 0 && conf->store.url[0] == '\0')
		return why_set(why, ERR_CONFIG, "to",
		    "Set store.url to the database it should move to.");
	return ERR_OK;
}

enum err
store_service_move(const struct conf *conf, const struct ring *ring,
    const char *to, struct store_moved *out, struct why *why)
{
	struct store_place from = open_place(conf), at;
	struct store *st = NULL;
	struct db_moved moved;
	char text[DB_WHY];
	enum err e;

	*out = (struct store_moved){0};
	*why = (struct why){{0}, {0}};
	if ((e = which(conf, to, why)) ||
	    (e = store_service_open(conf, ring, false, &st, why)))
		return e;
	store_close(st);
	at = place_of(conf, to);
	if ((e = store_move(&from, &at, &moved, text)))
		return open_say(why, e, text);
	out->tables = moved.tables;
	out->rows = moved.rows;
	text_copy(out->aside, sizeof(out->aside), moved.aside);
	return record(&at, ring, to, &moved, why);
}
