/*
 * serve.h - the keeper: the one process of a portal that has the master key
 *
 * It reads no request of a stranger, opens no file, and speaks with workers by
 * the messages of keeper_wire.h only. What it opens is logged by itself, where
 * a worker cannot change it.
 */
#pragma once

#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "portal/keeper/rules.h"

enum {
	KEEPER_PEERS_MAX = 64,
	/* exit: the master key may be another by now; the next one reads it */
	KEEPER_AGAIN = 75,
	/* exit: a worker sent what no worker sends (EX_PROTOCOL) */
	KEEPER_BROKEN = 76
};

/* What a portal of CONF may have opened, as of now. */
struct allowance keeper_budget(const struct conf *conf);

/*
 * Answers on the N sockets FD, and on what connects to LISTENER (-1: none),
 * until all are gone; what is opened is taken from BUDGET. First gives up all
 * system calls it does not need. Returns the exit status.
 */
int keeper_serve(const struct ring *ring, struct allowance *budget,
    int listener, const int *fd, size_t n);
