/*
 * export.h - passwords for sites without a connection
 *
 * A hostapd `wpa_psk_file` with key ids and VLANs of what is good right now:
 * keys are written as the 64 digits of their PMK, which any passphrase fits
 * into. Administrators only, and in the audit before the first line is out.
 */
#pragma once

#include "core/base/buf.h"
#include "core/service/call.h"

enum { EXPORT_KEYS_MAX = 5000 };

/* LIMIT when the network has more good keys than a file may hold. GROUP: only
 * plans that work there; "" any. Write it out again within the hour, and when
 * the feed moves. */
MUST_USE enum err export_psk_file(struct call *c, const struct uid *network,
    const char *group, struct buf *out, size_t *n);
