/*
 * devices.h - devices and their visits, for the people who own them
 */
#pragma once

#include "core/service/call.h"

MUST_USE enum err devices_of_key(
    struct call *c, const struct uid *key, struct device **out, size_t *n);
MUST_USE enum err devices_of_person(
    struct call *c, const struct uid *person, struct device **out, size_t *n);
MUST_USE enum err
device_rename(struct call *c, const struct uid *id, const char *name);

/* Forgets the binding; a device that still has a valid password binds again
 * when it next joins by handshake. */
MUST_USE enum err device_remove(struct call *c, const struct uid *id);

/* A blocked device joins with no key at all. Staff only. */
MUST_USE enum err
device_set_blocked(struct call *c, const struct uid *id, bool blocked);

/* Registers an address for a key before it was seen. */
MUST_USE enum err device_register(struct call *c, const struct uid *key,
    const char *mac, const char *name, struct device *out);

MUST_USE enum err visits_of_key(struct call *c, const struct uid *key,
    size_t limit, struct visit **out, size_t *n);
