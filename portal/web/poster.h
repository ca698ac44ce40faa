/*
 * poster.h - threads that carry what is in the outbox
 *
 * The portal may talk to other servers, so its process has the couriers; where
 * there are several portals, each has, and the store makes them share. One
 * thread carries letters and messages, for which people wait; another carries
 * webhooks, so that a slow receiver delays no letter; a third tells the record
 * of acts to a log server; a fourth makes the guests of batches (batches.h).
 * Each has a connection of its own to the store, and looks every
 * POSTER_LOOK_MS, or when poked.
 */
#pragma once

#include "portal/web/page.h"

enum { POSTER_LOOK_MS = 1000 };

/* Starts them, for as long as the process; fills app->poster. */
MUST_USE enum err poster_start(struct app *app);

/* There is something new. NULL is fine. */
void poster_poke(struct poster *p);
