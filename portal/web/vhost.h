/*
 * vhost.h - the names this portal answers to
 *
 * Exactly the host of portal.public_url and those of portal.hosts, with no
 * port, the port of the URL, or the one listened on. Nothing else, so that no
 * page is ever made for a name that somebody else controls.
 */
#pragma once

#include <stdbool.h>

struct conf;

/* Whether HOST, the value of a Host header, is one of ours. A configuration
 * without any name answers to those of the machine itself. */
bool vhost_ours(const struct conf *conf, const char *host);
