/*
 * world.h - what the responder must know, and what it has seen
 *
 * The responder loads everything once, then follows the change feed and asks
 * for single nouns again. Keys come unsealed (that is what the responder is
 * for); structs with secrets are wiped by the caller.
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/call.h"

struct world_key {
	struct wifi_key key;
	bool usable; /* state, person, network and plan allow it, time aside */
	struct secret passphrase, pmk; /* pmk: 32 octets */
	int vlan;                      /* of its unit or lease; 0: the plan's */
	char person[64]; /* a label for logs and User-Name: the person's id */
};

struct world_ap {
	struct access_point ap;
	struct secret secret;
};

/* Calls back for every row, networks first, then plans, access points, keys
 * (usable or not), devices. POSITION is the feed position of this picture: all
 * in one read transaction. A NULL callback skips that noun. */
struct world_visitor {
	void *ctx;
	/* Comes before all others: how many there will be. */
	enum err (*many)(void *ctx, size_t keys, size_t devices);
	enum err (*network)(void *ctx, const struct network *n);
	enum err (*plan)(void *ctx, const struct plan *p);
	enum err (*ap)(void *ctx, const struct world_ap *a);
	/* May be NULL; asked before the secrets of K, which are not there yet,
	 * are opened. False: KEY is not called for it. */
	bool (*want)(void *ctx, const struct world_key *k);
	enum err (*key)(void *ctx, const struct world_key *k);
	enum err (*device)(void *ctx, const struct device *d);
};
MUST_USE enum err
world_load(struct call *c, const struct world_visitor *v, int64_t *position);

/* A row that fails to unseal is skipped, logged and counted, never served. */

/* One noun again, after the feed named it. NOT_FOUND when it is gone. */
MUST_USE enum err
world_network(struct call *c, const struct uid *id, struct network *out);
MUST_USE enum err
world_plan(struct call *c, const struct uid *id, struct plan *out);
MUST_USE enum err
world_ap_get(struct call *c, const struct uid *id, struct world_ap *out);
MUST_USE enum err
world_key_get(struct call *c, const struct uid *id, struct world_key *out);
MUST_USE enum err
world_device(struct call *c, const struct uid *id, struct device *out);

/* The keys of a person (after NOUN_PERSON changed): ids in the arena. */
MUST_USE enum err world_keys_of(
    struct call *c, const struct uid *person, struct uid **out, size_t *n);

/* The devices of a key, in the arena. */
MUST_USE enum err world_devices_of(
    struct call *c, const struct uid *key, struct device **out, size_t *n);

/* The change feed. */
struct change {
	int64_t seq;
	enum noun noun;
	struct uid id;
};

/* A number that moves whenever any connection committed; cheap to poll. */
MUST_USE enum err feed_pulse(struct call *c, int64_t *pulse);

/* Up to LIMIT changes after SEQ, in order. NOT_FOUND when SEQ is older than
 * what is kept: load everything again. */
MUST_USE enum err feed_read(
    struct call *c, int64_t seq, size_t limit, struct change **out, size_t *n);

/* Where the history of a store is: its newest audit row and that row's hash,
 * which no other store has. */
struct world_mark {
	int64_t audit; /* 0: none yet, which is never the same */
	uint8_t hash[32];
};
MUST_USE enum err world_mark(struct call *c, struct world_mark *out);

/* Did this store go through MARK? False for another one, and for one that was
 * put back to an earlier time. */
MUST_USE enum err
world_same(struct call *c, const struct world_mark *mark, bool *same);

/* What was seen on the air, written in one transaction. Not audited: the
 * audit is for acts of people. Devices announce a change so that every
 * responder learns the binding. */
struct seen_device {
	struct uid network, key;
	struct mac mac;
	int64_t at;
	/* Where it was let in, as its access point writes it; "" where it does
	 * not. */
	struct uid ap;
	char session[64], nas_id[64], nas_ip[16], called[64];
};
MUST_USE enum err
world_seen(struct call *c, const struct seen_device *seen, size_t n);

/* Devices that were refused: an event for webhooks that want it, each device,
 * network and reason once an hour, and nothing else. */
struct refused_device {
	char network[SSID_MAX + 1], ap[ROLE_NAME_MAX + 1];
	struct mac mac;
	const char *why;  /* the word of a verdict */
	const char *text; /* and its sentence */
	struct uid key;   /* none when none was found */
	int64_t at;
};
MUST_USE enum err
world_refused(struct call *c, const struct refused_device *seen, size_t n);

/* One accounting message. Repeated and reordered ones count once: counters
 * keep their maximum, a stop stays a stop. */
enum visit_event {
	VISIT_START,
	VISIT_INTERIM,
	VISIT_STOP,
	VISIT_AP_ON,
	VISIT_AP_OFF
};
struct visit_report {
	enum visit_event event;
	struct uid ap;
	struct uid key; /* none: found by (network, mac), then by USER */
	struct uid network;
	char nas[64];     /* NAS-Identifier or address: whose session ids */
	char session[64]; /* Acct-Session-Id */
	/* As sent, printable; "" when not: */
	char nas_id[64], nas_ip[16], called[64], user[64];
	struct mac mac;
	int64_t at; /* of the event: arrival minus Acct-Delay-Time */
	int64_t octets_in, octets_out;
	int stop_cause;
};
MUST_USE enum err
world_visits(struct call *c, const struct visit_report *r, size_t n);
