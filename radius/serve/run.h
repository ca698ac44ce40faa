/*
 * run.h - the responder from start to end
 */
#pragma once

#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "radius/serve/sockets.h"

/* Receiving threads for each address. */
int run_threads(const struct conf *conf);

/* Answers until a signal (TERM, INT) ends it. The sockets are closed then.
 * All signals must be blocked in the caller. */
MUST_USE enum err
run(const struct conf *conf, const struct ring *ring, struct sockets *s);
