/*
 * link.h - a thread's connection to the store, which may be away
 *
 * The responder goes on without the store; a link is opened when it can be,
 * dropped when it fails, and tried again after a moment.
 */
#pragma once

#include "core/service/open.h"
#include "radius/serve/state.h"

enum { LINK_PATIENCE_MS = 500, LINK_ASIDE_MS = 3000, LINK_MEMORY = 64 << 20 };

struct link {
	struct state *st;
	struct store *store;
	struct arena *arena;
	struct call call;
	int64_t again;          /* monotonic: not tried before */
	bool told;              /* that it is away */
	uint64_t device, inode; /* of the file, where it is one */
};

struct link link_new(struct state *st);
void link_close(struct link *l);

/* Lets go of a store that was opened where nothing could be written, and that
 * could be opened better: for as long as it takes the other threads to do the
 * same. Each calls it, or link_up(), every second. */
void link_fresh(struct link *l);

/* Opens it unless it is open; false while the store is away. */
bool link_up(struct link *l);

/* Would link_up() try? */
bool link_due(const struct link *l);

/* A call of the program itself, with fresh memory and time. */
struct call *link_call(struct link *l);

/* What became of a call: failures of the store drop the link. EVENT names it
 * in the log. */
void link_after(struct link *l, enum err e, const char *event);
