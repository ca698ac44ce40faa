/*
 * mini.h - the small window that a system opens over a captive network
 *
 * It forgets cookies, opens no second window, and sign-in services refuse it or
 * cannot prove a device there. It closes as soon as the network changes. Guests
 * get all the way in it; who signs in goes on in a real browser (handover.h).
 * How it calls itself is only a hint: the page always has a way on from here.
 */
#pragma once

#include <stdbool.h>

#include "portal/web/http.h"

/* AGENT and APP are User-Agent and X-Requested-With; either may be NULL. */
bool mini_is(const char *agent, const char *app);

/* The same of a request. */
bool mini_browser(const struct request *rq);
