/*
 * server.h - the portal as processes
 *
 *	parent   starts the others again, owns nothing worth having
 *	keymgr   holds the certificate's private key and signs with it
 *	worker   everything else: connections, pages, store
 */
#pragma once

#include "core/conf/conf.h"

/*
 * Runs until told to stop and returns the exit status: 0 after SIGTERM, 78
 * when the configuration cannot work, 1 when something broke later. ARGV is
 * main()'s own, whose memory becomes the processes' titles. CONF must outlive
 * the call.
 */
int server_run(const struct conf *conf, int argc, char **argv);
