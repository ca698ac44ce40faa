/*
 * watch.h - one keeper after the other
 *
 * The process that has read the master key starts one that keeps it, of another
 * user if there is one, and the next one when that is killed or the master key
 * may be another. What they open is counted over all of them: to end one, or to
 * have it follow another, gives nobody more passwords.
 */
#pragma once

#include "core/conf/conf.h"
#include "core/crypt/seal.h"

struct watched {
	const struct conf *conf;
	const struct ring *ring;
	const char *user; /* becomes it when this is root; "": nobody else */
	int listener;     /* and LANES: see keeper_serve() */
	const int *lane;
	size_t lanes;
};

/* Until a keeper says that it is over, or cannot start: with its status. */
int watch_keepers(const struct watched *w);
