/*
 * noun.h - the things Latchkey knows, as plain values
 *
 * One struct per noun of the store. They own nothing: copies are copies. Text
 * members are NUL-terminated UTF-8 and hold at most what their array says.
 * `version` counts changes; an update that names an older one is a CONFLICT.
 * Times are seconds since 1970 UTC; 0 means "not set".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mac.h"
#include "core/base/uid.h"
#include "core/model/term.h"
#include "core/model/why.h"

enum {
	DESK_PLANS = 16, /* whose guests one front desk has */
	DESK_MAX = DESK_PLANS * (UID_LEN + 1) - 1,
	NAME_MAX_ = 100,    /* octets of a person's, plan's, device's name */
	SSID_MAX = 32,      /* octets, IEEE 802.11 9.4.2.2 */
	MAIL_MAX = 254,     /* RFC 5321 4.5.3.1.3 */
	ISSUER_MAX = 255,   /* octets */
	SUBJECT_MAX = 255,  /* OIDC Core 2: at most 255 ASCII characters */
	GROUPS_MAX = 200,   /* groups kept per person */
	GROUP_MAX = 128,    /* octets of a group's name */
	ROLE_NAME_MAX = 32, /* a vendor's role or ACL name */
	VLAN_MIN = 1,
	VLAN_MAX = 4094,   /* IEEE 802.1Q 9.6 */
	DEVICES_MAX = 512, /* devices a plan may allow; 0 is unlimited */
	KEYS_PER_PERSON = 10,
	TERMS_VERSION_MAX = 40,
};

struct network {
	struct uid id;
	char ssid[SSID_MAX + 1];
	char name[NAME_MAX_ + 1]; /* what people read; the SSID by default */
	enum security security;
	bool hidden;
	char time_zone[64]; /* IANA name */
	char notices[48];   /* "7,3,1,made,rotated" or "none"; notice.h */
	char quiet[16];     /* "22:00-07:00": no letters then; "" never */
	int64_t created, version;
};

struct plan {
	struct uid id, network;
	char name[NAME_MAX_ + 1];
	int vlan;                     /* 0: none sent */
	char pool[NAME_MAX_ + 1];     /* VLAN pool; "" when none */
	int64_t rate_down, rate_up;   /* kbit/s; 0: unlimited */
	char role[ROLE_NAME_MAX + 1]; /* the access point's word; "" none */
	char acl[ROLE_NAME_MAX + 1];
	int devices; /* at once per key; 0: unlimited */
	enum cap_rule cap_rule;
	enum lifetime lifetime;
	int lifetime_days;   /* of DAYS and ROLLING */
	int64_t lifetime_at; /* of DATE */
	enum things things;  /* when a thing's end; see plan_settle() */
	enum style style;
	int style_count; /* groups or words; 0: the default */
	enum binding binding;
	char schedule[256];    /* "" always; see schedule.h */
	char ap_groups[256];   /* comma list; "" everywhere */
	int64_t quota;         /* octets per period; 0: none */
	char quota_period[8];  /* day, week, month */
	struct uid quota_plan; /* plan when used up */
	bool self_service;     /* people may take it by themselves */
	int64_t created, version;
};

/* Sign-in groups decide: the rule of the lowest priority that matches gives
 * its plan; roles of all matching rules add up. */
struct rule {
	struct uid id;
	int64_t priority;
	char claim[64];            /* "groups", "email", "issuer", ... */
	char value[GROUP_MAX + 1]; /* exact octets; "*" for anybody */
	struct uid plan;           /* none: gives only a role */
	int roles;                 /* set of 1 << enum role */
	struct uid desk; /* its front desk has the guests of this plan; none:
			  * those of all */
	int64_t created, version;
};

struct person {
	struct uid id;
	char issuer[ISSUER_MAX + 1]; /* "local" for people without sign-on */
	char subject[SUBJECT_MAX + 1];
	char name[NAME_MAX_ + 1];
	char mail[MAIL_MAX + 1];
	char language[16];
	int roles;         /* set of 1 << enum role, as last signed in */
	bool groups_known; /* false after an overage marker (O-34) */
	enum person_state state;
	char state_reason[200];
	int64_t state_since;
	int64_t terms_at, last_sign_in, created, version;
	char terms_version[TERMS_VERSION_MAX + 1]; /* those accepted */
	char desk[DESK_MAX + 1]; /* ids of the plans whose guests their front
				  * desk has, joined by spaces; "": all */
};

struct wifi_key {
	struct uid id, network, plan;
	struct uid person; /* none for a unit's */
	struct uid unit;
	enum key_kind kind;
	int devices_max; /* at once; 0: as the plan says */
	char name[NAME_MAX_ + 1];
	enum key_state state;
	char reason[200]; /* of suspension or revocation */
	int64_t not_before,
	    not_after;  /* 0: open; valid while before <= t < after */
	bool end_given; /* by somebody, not by the plan: use does not move it */
	struct uid replaces; /* the key this one was rotated from */
	int64_t first_used, last_used, created, version;
};

/* A flat, room, company, class: people and passwords that belong together. */
struct unit {
	struct uid id, parent;
	char name[NAME_MAX_ + 1];
	int vlan; /* of its own, before the plan's; 0: none */
	enum person_state state;
	char state_reason[200];
	int64_t created, version;
};

/* A code that turns into a guest's key when it is redeemed. */
struct voucher {
	struct uid id, plan;
	struct uid person, key; /* none before it was redeemed */
	enum voucher_state state;
	char name[NAME_MAX_ + 1]; /* of the guest; "" on a voucher */
	char mail[MAIL_MAX + 1];
	char room[NAME_MAX_ + 1];
	char host[MAIL_MAX + 1]; /* mail of the sponsor, or a name */
	char language[16];
	int64_t arrival, departure; /* 0: now, what the plan says */
	int uses_max, uses;
	char made_by[UID_LEN + 1];
	int prints;
	int64_t printed_at, sent_at, created, version;
	struct uid batch; /* none: made alone */
	int serial;       /* in its batch, from 1 */
};

/* What a machine shows to be let in. The token itself is kept nowhere. */
struct api_token {
	struct uid id;
	char name[NAME_MAX_ + 1];
	char scopes[120];            /* words of SCOPES, joined by commas */
	char issuer[ISSUER_MAX + 1]; /* of the people that SCIM brings */
	int roles;                   /* as which it acts */
	char made_by[64];
	int64_t created, expires, last_used, revoked, version;
};

/* Where events are told. Its secret is kept beside it, sealed. */
struct webhook {
	struct uid id;
	char name[NAME_MAX_ + 1];
	char url[1024];
	char events[200]; /* "key.*,person.state"; "*" all */
	enum webhook_state state;
	char reason[100]; /* why it is paused */
	char made_by[64];
	int64_t created, version;
};

/* A letter or message on its way out, or what became of it. */
struct outbox_item {
	struct uid id;
	enum outbox_kind kind;
	enum outbox_state state;
	char about[48];  /* "letter.code"; the event of a webhook */
	char target[80]; /* to whom, masked */
	struct uid key, person, hook;
	int64_t created, due;
	int tries;
	int64_t asked; /* last tried */
	char answer[160];
	int cause;                 /* the status of an HTTP answer, or 0 */
	int64_t finished, useless; /* of no use from then on; 0: always */
};

struct device {
	struct uid id, network, key;
	struct mac mac;
	char name[NAME_MAX_ + 1];
	enum device_origin origin;
	bool blocked;
	int64_t first_seen, last_seen, version;
	int64_t octets_in, octets_out; /* of its visits; from the station: in */
};

struct access_point {
	struct uid id;
	char name[NAME_MAX_ + 1];
	char address[64]; /* 192.0.2.0/24, 2001:db8::/64, 192.0.2.7 */
	char dialect[24]; /* see radius/makers; "generic" */
	enum ma_policy ma;
	char group[ROLE_NAME_MAX + 1];
	char coa_address[64]; /* host:port of RFC 5176; "" none */
	char tls[128];        /* who it is over TLS, see ap_tls(); "" nobody */
	int64_t created, version;
};

struct visit {
	struct uid id, ap, key; /* key: none when not known */
	char session[64];       /* Acct-Session-Id, printable */
	struct mac mac;
	int64_t start, last, stop; /* stop 0: still on */
	int64_t octets_in, octets_out;
	int stop_cause; /* Acct-Terminate-Cause, RFC 2866 5.10 */
};

/* Of a plan that does not say: what goes with its lifetime. Never stored. */
#define THINGS_USUAL ((enum things)(THINGS_NEVER + 1))
enum { THINGS_DAYS = 90 }; /* a lifetime from which on things have no end */

/* What a new one starts from, before its required members are set. */
void network_defaults(struct network *n);
void plan_defaults(struct plan *p);
void rule_defaults(struct rule *r);
void ap_defaults(struct access_point *a);

/* Somebody new, active, with an id and still without issuer and name. */
void person_defaults(struct person *p, int64_t now);

/* Each says whether the value may be stored; W names the first bad field. */
MUST_USE enum err network_check(const struct network *n, struct why *w);
MUST_USE enum err plan_check(const struct plan *p, struct why *w);
MUST_USE enum err rule_check(const struct rule *r, struct why *w);
MUST_USE enum err ap_check(const struct access_point *a, struct why *w);

/* What access_point.tls says: `psk`, `sha256:` and the 64 hex digits of its
 * certificate's hash, or a name in its certificate; then perhaps ` 1.1`. */
enum ap_tls_kind { AP_TLS_NONE, AP_TLS_PSK, AP_TLS_HASH, AP_TLS_NAME };
struct ap_tls {
	enum ap_tls_kind kind;
	bool only_1_1;  /* it must speak RADIUS/1.1 (RFC 9765) */
	char text[128]; /* the name or the digits, in lower case */
};
/* False when TEXT is none of these. */
bool ap_tls(const char *text, struct ap_tls *out);

/* What the key is at NOW, from its state and validity alone. */
enum key_standing key_standing(const struct wifi_key *k, int64_t now);

/* How many devices may use it at once; 0: as many as like. */
int key_devices(const struct wifi_key *k, const struct plan *p);

/* Says of things what goes with the lifetime, where P says nothing: a printer
 * must not stop after a year in which its owner stayed, nor outlive a contract
 * of a week. */
void plan_settle(struct plan *p);

/* When a key of plan P issued at NOW ends; 0 for never. DEPARTURE counts for
 * LIFETIME_DEPARTURE and otherwise shortens. END_OF_DAY is midnight in ZONE. */
int64_t plan_end(
    const struct plan *p, const char *zone, int64_t now, int64_t departure);

/* The same of a key of KIND: a thing's may have no end but the DEPARTURE. */
int64_t key_end(const struct plan *p, enum key_kind kind, const char *zone,
    int64_t now, int64_t departure);

/* Whether renewing K, active at NOW, gives it more time; UNTIL is its new end,
 * 0 for none. What ends with a departure is not renewed. */
bool key_renewable(const struct wifi_key *k, const struct plan *p,
    const char *zone, int64_t now, int64_t *until);
