/*
 * devices.h - devices and their visits, for the people who own them
 */
#pragma once

#include "core/service/call.h"

/* Both in the arena, for who may see the password or the person. */
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

/* Another name (NULL: the same), and blocked or not (NULL: as it is): both, or
 * nothing. */
MUST_USE enum err device_change(struct call *c, const struct uid *id,
    const char *name, const bool *blocked);

/* Registers an address for a key before it was seen. */
MUST_USE enum err device_register(struct call *c, const struct uid *key,
    const char *mac, const char *name, struct device *out);

/* All of them, the last seen first, for staff. SEARCH is an address in any
 * notation, or part of the name of a device, of its password or of a person. */
enum devices_which { DEVICES_ALL, DEVICES_ON_AIR, DEVICES_BLOCKED };
struct device_filter {
	const char *search;
	enum devices_which which;
	size_t offset, limit;
};
struct device_view {
	struct device device;
	struct uid person, ap; /* ap: where it was last; may be none */
	const char *key, *who, *network; /* names, in the arena; "" without */
	const char *place;               /* the name of the access point */
	bool on_air;                     /* a visit of it is open */
};
MUST_USE enum err devices_list(struct call *c, const struct device_filter *f,
    struct device_view **out, size_t *n, size_t *total);

/* The newest LIMIT, in the arena, for who may see the password. */
MUST_USE enum err visits_of_key(struct call *c, const struct uid *key,
    size_t limit, struct visit **out, size_t *n);

/* All of them, the newest first, for staff; what is none, "" or NULL asks for
 * nothing. */
struct visit_filter {
	const struct mac *mac;
	struct uid key, person, ap;
	const char *search;  /* part of the name of a password or a person */
	int64_t from, until; /* heard of between these; until 0: no end */
	size_t offset, limit;
};
struct visit_view {
	struct visit visit;
	struct uid person;
	const char *device, *key, *who, *place; /* names, in the arena */
};
MUST_USE enum err visits_list(struct call *c, const struct visit_filter *f,
    struct visit_view **out, size_t *n, size_t *total);
