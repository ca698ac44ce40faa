/*
 * hints.h - what an access point says of a device that it sends here
 *
 * Every maker puts it into the address under names of its own. Anybody can
 * write such an address, so nothing here is believed: the device's address
 * fills a field that its person checks, the network's name is shown, and where
 * the access point wants its visitors back is not even read. A password opens
 * the network by itself, so nobody has to be sent anywhere.
 */
#pragma once

#include "core/base/mac.h"
#include "portal/web/form.h"

enum { HINTS_SSID = 33 };

struct hints {
	const char *maker;  /* a word for the log; "" when nothing was said */
	struct mac station; /* of the device; only with a MAKER */
	char ssid[HINTS_SSID]; /* of the open network; "" when not said */
};

/* Reads the query of a page. Never fails: what is odd was not said. */
void hints_read(const struct form *query, struct hints *out);
