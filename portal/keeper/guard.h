/*
 * guard.h - a keeper of the portal's own
 *
 * A portal that is started as root starts its keeper itself, before anything
 * else: a guard, which reads the master key and nothing else, and starts the
 * keeper, of another user than the workers, again if it dies or a new master
 * key is to be read. Under systemd there is a unit for
 * it instead (latchkey-keeper, keeper_at()).
 */
#pragma once

#include "core/conf/conf.h"
#include "core/crypt/keeper.h"

/*
 * Starts both, and waits until the keeper answers. USER: whom the keeper
 * becomes when this is root ("": nobody else). *OUT is the way to it. CONFIG or
 * SEALED with the reason logged when it cannot start.
 */
MUST_USE enum err
guard_start(const struct conf *conf, const char *user, struct keeper **out);
