/*
 * hook.h - what the portal opens beyond its pages
 *
 * portal/web knows no sign-in; portal/self does, and defines these.
 */
#pragma once

#include "core/conf/conf.h"

struct app;

/* Fills app->signin when there is a provider. */
MUST_USE enum err hook_open(struct app *app, char why[static CONF_WHY]);
void hook_close(struct app *app);

/* Threads that last as long as the process. */
MUST_USE enum err hook_start(struct app *app);
