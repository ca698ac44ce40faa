/*
 * sign.h - a reply signed with the certificate of the portal
 *
 * The private key is with the key manager, which Kore asks from the event loop
 * alone, as it does for a handshake. So the threads that write replies only say
 * that this one wants it (reply.sign), and the loop does it before it sends:
 * one signature, which costs it what a handshake costs.
 */
#pragma once

#include "portal/web/http.h"

/* Puts the body of RP inside a CMS SignedData (DER). When there is no
 * certificate, or the key manager does not answer, the body stays as it is,
 * which devices take, too, and the log says so. */
void sign_reply(struct reply *rp);
