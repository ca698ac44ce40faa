/*
 * plain.h - HTTP without TLS: a signpost, and nothing else
 *
 * Devices find out whether a network is captive by asking their maker's server
 * a question they know the answer to, without TLS. Where names are answered
 * falsely or an access point sends everything here, those questions arrive at
 * this port. A device of captive.networks is shown the way to the portal; any
 * other gets the answer that it hopes for (probe.def). Whoever types the name
 * of the portal without https:// gets there. An authority that is to certify
 * the portal finds what it asks for (acme.h), at any name. Nothing else is
 * answered, nothing is set, and neither store nor session is touched.
 */
#pragma once

#include "portal/web/page.h"

/* HOST is the Host header; the peer alone says who asks. */
void plain_reply(const struct app *app, const char *host,
    const struct request *rq, struct reply *rp);
