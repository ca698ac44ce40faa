/*
 * hook.h - what the portal opens beyond its pages
 *
 * portal/web knows no sign-in; portal/self does, and defines these two.
 */
#pragma once

#include "core/conf/conf.h"

struct app;

/* Fills app->signin when there is a provider. */
MUST_USE enum err hook_open(struct app *app, char why[static CONF_WHY]);
void hook_close(struct app *app);
