/* The master key's successor. */
#include <unistd.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/service/reseal.h"

enum { WAIT_MAX = 86400 };

/* Programs that run read the file again: the responder's user has to be able
 * to, or it could not write any more. A portal has a keeper, which is started
 * again by somebody who can. */
static int
readable(struct cli *c)
{
	const char *user = c->conf->radius.user;
	const char *file = c->conf->keys.master_key;

	if (geteuid() != 0 || cli_may_read(user, file))
		return 0;
	return cli_say(c, 1,
	    "%s: %s cannot read it, and could not go on with a "
	    "new key; run: chgrp %s %s && chmod 0640 %s",
	    file, user, user, file, file);
}

static struct call *
fresh(struct cli *c)
{
	arena_reset(c->arena);
	c->call.now = clock_now();
	return &c->call;
}

static enum err
all(struct cli *c, struct reseal_state *s)
{
	bool more = true;
	enum err e = ERR_OK;

	s->table = 0;
	s->after[0] = '\0';
	s->broken = 0;
	while (more && e == ERR_OK)
		if ((e = reseal_step(fresh(c), s, &more)) == ERR_BUSY)
			e = ERR_OK; /* somebody else writes; the row waits */
	return e;
}

/* Whoever took a value from the old key just before may still be about to
 * store it: the end waits for them. */
static enum err
until_done(struct cli *c, int64_t wait, struct reseal_state *s)
{
	int64_t end = clock_mono() + wait * 1000000000;
	enum err e;

	for (;;) {
		if ((e = all(c, s)))
			return e;
		if (clock_mono() >= end &&
		    (e = reseal_end(fresh(c), s)) != ERR_BAD_STATE)
			return e;
		(void)usleep(200000);
	}
}

static int
new_key(struct cli *c)
{
	char why[RING_WHY];

	if (ring_keys(c->ring) > 1)
		return 0; /* going on with one that was cut short */
	if (ring_add(c->conf->keys.master_key, why) != ERR_OK)
		return cli_say(c, 1, "%s", why);
	(void)ring_refresh(c->ring);
	return 0;
}

int
verb_ring_rotate(struct cli *c, const struct verb *v)
{
	const char *given = cli_option(c, "wait");
	struct reseal_state s = {0};
	int64_t wait = RESEAL_WAIT_S;
	char why[RING_WHY];
	size_t dropped = 0;
	int status;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if (given && !text_int(given, 0, WAIT_MAX, &wait))
		return cli_usage(c, v);
	if ((status = readable(c)) || (status = new_key(c)))
		return status;
	if ((e = reseal_begin(fresh(c))) || (e = until_done(c, wait, &s)))
		return cli_fail(c, e);
	if (ring_drop_old(c->conf->keys.master_key, &dropped, why) != ERR_OK)
		return cli_say(c, 1, "%s", why);
	out_pairs(c, (const struct out_pair[]){{"key", ring_newest(c->ring), 0},
			 {"sealed", NULL, s.done}, {"broken", NULL, s.broken},
			 {"dropped", NULL, (int64_t)dropped}, {NULL, NULL, 0}});
	(void)cli_say(c, 0,
	    "keep a copy of %s apart from backups; backups made before need "
	    "the copy of their time",
	    c->conf->keys.master_key);
	return 0;
}
