/*
 * forward.h - the record of acts, told to a log server as it grows
 *
 * Every row goes out in order, with its hash; when there is nothing new, the
 * head of the chain is told from time to time, so that a record that was cut
 * here shows there. How far it got is in the store: one of several portals
 * has the turn, and whoever takes it goes on from there. After a broken
 * connection the last rows may be told twice; their numbers tell.
 */
#pragma once

#include "core/conf/conf.h"
#include "core/service/call.h"

enum { FORWARD_BATCH = 200, FORWARD_PAUSE = 15 /* seconds after a failure */ };

struct forward;

/* *OUT is NULL when no server is configured. CONFIG, with the reason in WHY,
 * for one that cannot be. */
MUST_USE enum err forward_open(
    const struct conf *conf, struct forward **out, char why[static CONF_WHY]);
void forward_close(struct forward *f);

/* Tells what is new (ACTOR_SYSTEM); DONE counts rows. NULL is fine. */
MUST_USE enum err
forward_round(struct call *c, struct forward *f, size_t *done);
