/*
 * keys.h - Wi-Fi passwords: issue, show, renew, revoke
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/call.h"

enum { KEYS_OVERLAP_MAX = 30 * 86400 }; /* seconds both may work */

/* A key with what a page about it needs. */
struct key_view {
	struct wifi_key key;
	struct network network;
	struct plan plan;
	struct person person; /* zero when it belongs to a unit */
	enum key_standing standing;
	size_t devices; /* seen with this key */
	bool in_use;    /* a visit is open */
};

struct key_order {
	struct uid person;        /* whose */
	struct uid unit;          /* or a unit's, then no person */
	struct uid network, plan; /* none: the person's best entitlement */
	enum key_kind kind;
	const char *name;              /* "" gives a default one */
	int64_t not_before, not_after; /* 0: now / as the plan says */
	int devices_max; /* at once; 0: as the plan says. Its owner may ask for
			  * fewer than that. */
	const struct secret
	    *given; /* import: this passphrase; NULL mints one */
};

/* Mints, derives the PMK once, seals, stores. LIMIT at KEYS_PER_PERSON,
 * NOT_ENTITLED without a matching rule, SUSPENDED for a suspended person.
 * A guest's thing ends with the stay at the latest (keys_stay.h).
 * A given passphrase that is taken or weak is BAD_INPUT with the same words. */
MUST_USE enum err
keys_issue(struct call *c, const struct key_order *order, struct key_view *out);

/* One of many: an order, and what became of it. */
struct key_import {
	struct key_order order; /* `given` NULL mints one */
	/* A local person to be made for it, perhaps for several; then `person`
	 * and `unit` of the order are none. NULL: whose it is stands in the
	 * order. */
	struct person *owner;
	/* None, or one that is there, of this version: it ends when the order
	 * says, and nothing else of the order counts. */
	struct uid had;
	int64_t version;
	bool alone;     /* CONFLICT when there is one of this name by now */
	enum err err;   /* of this one */
	struct why why; /* what is wrong with it */
	struct uid key; /* the new one */
};

enum { KEYS_IMPORT_MAX = 1000 }; /* in one transaction */

/* Issues all N, in one transaction, or none of them: then each one that is
 * wrong says so, and the first failure is returned. PMKs are derived many at
 * once. TRIAL looks at everything and stores nothing. Staff only. */
MUST_USE enum err
keys_import(struct call *c, struct key_import *all, size_t n, bool trial);

MUST_USE enum err
keys_get(struct call *c, const struct uid *id, struct key_view *out);

/* Keys of one person, newest first, without purged ones. */
MUST_USE enum err keys_of(
    struct call *c, const struct uid *person, struct key_view **out, size_t *n);

/* Keys of a unit, for its members and staff. */
MUST_USE enum err keys_of_unit(
    struct call *c, const struct uid *unit, struct key_view **out, size_t *n);

/* All keys (administration); filters are optional (none / NULL). */
struct key_filter {
	struct uid network, plan, person;
	const char *search; /* key or person name */
	int standing;       /* enum key_standing, or -1 */
	size_t offset, limit;
};
MUST_USE enum err keys_list(struct call *c, const struct key_filter *f,
    struct key_view **out, size_t *n, size_t *total);

/* Unseals the passphrase for ACT ("screen", "print", "qr", "profile",
 * "mail", "export"). The reveal is in the audit, committed, before this
 * returns OK. The owner may; staff needs ROLE_OPERATOR or ROLE_DESK. */
MUST_USE enum err keys_reveal(struct call *c, const struct uid *id,
    const char *act, struct secret *passphrase);

/* The same for N keys in one transaction, which ends with the first that is
 * refused. SQUARES (NULL: none anywhere) is how many signs of each sheet had no
 * glyph, for the record. */
MUST_USE enum err keys_reveal_many(struct call *c, const struct uid *const *ids,
    size_t n, const char *act, const int *squares, struct secret *passphrases);

/* A new passphrase in a new key that replaces ID; the old one ends at
 * now + OVERLAP seconds (0: at once). OUT is the new key. */
MUST_USE enum err keys_rotate(struct call *c, const struct uid *id,
    int64_t overlap, struct key_view *out);

MUST_USE enum err
keys_revoke(struct call *c, const struct uid *id, const char *reason);
MUST_USE enum err
keys_suspend(struct call *c, const struct uid *id, const char *reason);
MUST_USE enum err keys_restore(struct call *c, const struct uid *id);
MUST_USE enum err keys_rename(
    struct call *c, const struct uid *id, const char *name, int64_t version);

/* How many devices at once; 0 as the plan says. What is on the air stays until
 * the next one joins. Staff, and the desk for guests. */
MUST_USE enum err keys_set_devices(
    struct call *c, const struct uid *id, int devices_max, int64_t version);

/* Moves the end: 0 never. Bounded by the plan for its owner, and that of a
 * guest's thing by the stay, with which it moves. */
MUST_USE enum err keys_set_end(
    struct call *c, const struct uid *id, int64_t not_after, int64_t version);
