/*
 * export.h - passwords for sites without a connection
 *
 * What is good right now, as a hostapd `wpa_psk_file` with key ids and VLANs,
 * as the `vlan_file` that goes with it, or as a table. In a psk file keys are
 * the 64 digits of their PMK, which any passphrase fits into. A key that only
 * works for devices it knows has a line for each of them. Administrators only,
 * and in the audit before the first line is out.
 */
#pragma once

#include "core/base/buf.h"
#include "core/service/call.h"

enum {
	EXPORT_KEYS_MAX = 5000,
	EXPORT_MAX = 4 << 20, /* octets of a file, at most */
};

#define EXPORT_FORMS(X)                                                        \
	X(EXPORT_PSK_FILE, "psk-file")                                         \
	X(EXPORT_VLAN_FILE, "vlan-file")                                       \
	X(EXPORT_CSV, "csv") /* with passphrases */

enum export_form {
#define EXPORT_ITEM_(name, word) name,
	EXPORT_FORMS(EXPORT_ITEM_)
#undef EXPORT_ITEM_
};
bool export_form_parse(const char *word, enum export_form *out);

/* LIMIT when the network has more good keys than a file may hold. GROUP: only
 * plans that work there; "" any. N counts keys. Write it out again within the
 * hour, and when the feed moves. */
MUST_USE enum err export_keys(struct call *c, const struct uid *network,
    const char *group, enum export_form form, struct buf *out, size_t *n);
