/*
 * call.h - who asks for what, when
 *
 * Every service takes a struct call: the caller's store connection, the
 * actor, the time, and memory for the answer. A service checks rights,
 * changes, writes the audit row and announces the change in one transaction;
 * when it returns ERR_OK that transaction is committed and durable. When it
 * fails nothing was changed, and `why` may name the field to blame.
 */
#pragma once

#include "core/base/arena.h"
#include "core/model/noun.h"

struct store;
struct ring; /* core/crypt/seal.h */
struct once; /* core/service/repeat.h */

enum actor_kind {
	ACTOR_SYSTEM, /* the program itself: expiry, feed, set-up */
	ACTOR_CLI,    /* somebody with a shell on the machine */
	ACTOR_PERSON,
	ACTOR_TOKEN, /* a machine with an API token */
	ACTOR_GUEST, /* nobody yet: signing in, redeeming a link */
};

struct actor {
	enum actor_kind kind;
	struct uid id;   /* of the person or token */
	char name[64];   /* for the audit: a login name, "root", "system" */
	int roles;       /* set of 1 << enum role */
	char from[48];   /* address of the caller, "" when local */
	int64_t auth_at; /* when this person last proved who they are */
	char desk[DESK_MAX + 1]; /* see struct person */
};

struct call {
	struct store *store;
	const struct ring *ring;
	struct actor actor;
	struct arena *arena; /* lists and texts of the answer live in it */
	int64_t now;
	struct why why;
	const struct once *once; /* what it is done once as; NULL: none */
};

/* True when the actor has ROLE (the system and the command line have all). */
bool call_may(const struct call *c, enum role role);

/* A call by the program itself. Fields not named are zero. */
struct call call_system(struct store *st, const struct ring *ring,
    struct arena *arena, int64_t now);
