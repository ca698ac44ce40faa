/*
 * barred.h - "this device is blocked", told to whom it belongs
 *
 * What an access point says of a device (captive/hints.h) anybody can write
 * into an address. So nobody learns of a device that is not theirs: only who is
 * signed in is told, and only of devices that used a password of their own.
 */
#pragma once

#include "core/base/mac.h"
#include "portal/web/page.h"

/* Shows that page, and says so in DONE, when the device at MAC is blocked and
 * the person's own. */
MUST_USE enum err
barred_page(struct page *p, const struct mac *mac, bool *done);
