/*
 * server.h - the portal as processes
 *
 *	parent   starts the others again, owns nothing worth having
 *	keymgr   holds the certificate's private key and signs with it
 *	worker   everything else: connections, pages, store
 *
 * and, unless a unit of the system does it, a guard with the keeper of the
 * master key (portal/keeper).
 */
#pragma once

#include "core/conf/conf.h"

/*
 * Runs until told to stop and returns the exit status: 0 after SIGTERM, 78
 * when the configuration cannot work, 1 when something broke later. ARGV is
 * main()'s own, whose memory becomes the processes' titles. CONF must outlive
 * the call. KEEPER is the socket of a keeper that runs already; NULL: starts
 * one.
 */
int
server_run(const struct conf *conf, const char *keeper, int argc, char **argv);
