#include "radius/serve/link.h"

#include <string.h>
#include <sys/stat.h>

#include "core/base/clock.h"
#include "core/base/log.h"

struct link
link_new(struct state *st)
{
	return (struct link){.st = st};
}

void
link_close(struct link *l)
{
	store_service_close(l->store);
	l->store = NULL;
	arena_free(l->arena);
	l->arena = NULL;
}

static bool
in_a_file(const struct link *l)
{
	return strcmp(l->st->conf->store.engine, "sqlite") == 0;
}

static void
note_file(struct link *l)
{
	struct stat s;

	l->device = l->inode = 0;
	if (in_a_file(l) && stat(l->st->conf->store.path, &s) == 0) {
		l->device = s.st_dev;
		l->inode = s.st_ino;
	}
}

static bool
same_file(const struct link *l)
{
	struct stat s;

	return !in_a_file(l) ||
	       (stat(l->st->conf->store.path, &s) == 0 &&
		   s.st_dev == l->device && s.st_ino == l->inode);
}

bool
link_due(const struct link *l)
{
	return l->store != NULL || clock_mono() >= l->again;
}

static void
away(struct link *l, const char *event, enum err e, const char *why)
{
	l->again = clock_mono() + (int64_t)LINK_PATIENCE_MS * 1000000;
	if (!l->told)
		LOG(WARN, event, LOG_S("error", err_name(e)),
		    LOG_S("why", why));
	l->told = true;
}

void
link_fresh(struct link *l)
{
	if (l->store == NULL || !store_service_stale(l->store))
		return;
	link_close(l);
	l->told = true;
	l->again = clock_mono() + (int64_t)LINK_ASIDE_MS * 1000000;
}

bool
link_up(struct link *l)
{
	struct why why = {0};
	enum err e;

	link_fresh(l);
	if (l->store != NULL && !same_file(l)) {
		/* Moved away or replaced: what is written to the old one is
		 * lost. */
		link_close(l);
		l->told = true;
	}
	if (l->store != NULL)
		return true;
	if (!link_due(l))
		return false;
	if (l->arena == NULL && (l->arena = arena_new(LINK_MEMORY)) == NULL)
		return false;
	e = store_service_open(
	    l->st->conf, l->st->ring, false, &l->store, &why);
	if (e) {
		l->store = NULL;
		away(l, "radius.store_away", e, why.text);
		if (e == ERR_SEALED)
			atomic_store(&l->st->sealed, true);
		return false;
	}
	note_file(l);
	return true;
}

struct call *
link_call(struct link *l)
{
	arena_reset(l->arena);
	l->call = call_system(l->store, l->st->ring, l->arena, clock_now());
	return &l->call;
}

void
link_after(struct link *l, enum err e, const char *event)
{
	if (e == ERR_OK || e == ERR_NOT_FOUND) {
		atomic_store(&l->st->store_seen, store_service_heard(l->store));
		if (l->told) /* one that opens may still not be writable */
			LOG(INFO, "radius.store_back");
		l->told = false;
		return;
	}
	away(l, event, e, l->call.why.text);
	if (e == ERR_BUSY)
		return; /* a lock held too long; the connection is fine */
	link_close(l);
}
