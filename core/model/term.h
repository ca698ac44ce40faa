/*
 * term.h - the closed vocabularies of the product, each written once
 *
 * TERM_DECLARE(key_state, KEY_STATES) makes `enum key_state`,
 * key_state_text() and key_state_parse(); the words are what the store, the
 * command line and the API use, so they never change.
 */
#pragma once

#include <stdbool.h>

#define TERM_ITEM(name, ...) name,
#define TERM_ONE(...) +1
#define TERM_DECLARE(type, LIST)                                               \
	enum type { LIST(TERM_ITEM) };                                         \
	const char *type##_text(enum type v);                                  \
	bool type##_parse(const char *word, enum type *out)

#define PERSON_STATES(X)                                                       \
	X(PERSON_ACTIVE, "active")                                             \
	X(PERSON_SUSPENDED, "suspended")                                       \
	X(PERSON_ENDED, "ended")
TERM_DECLARE(person_state, PERSON_STATES);

/* A key waits for its start by not_before and ends by not_after: those are
 * not states in the store, only what key_standing() says. */
#define KEY_STATES(X)                                                          \
	X(KEY_ACTIVE, "active")                                                \
	X(KEY_SUSPENDED, "suspended")                                          \
	X(KEY_REVOKED, "revoked")
TERM_DECLARE(key_state, KEY_STATES);

/* What a key is right now. */
#define KEY_STANDINGS(X)                                                       \
	X(KEY_IS_SCHEDULED, "scheduled")                                       \
	X(KEY_IS_ACTIVE, "active")                                             \
	X(KEY_IS_SUSPENDED, "suspended")                                       \
	X(KEY_IS_EXPIRED, "expired")                                           \
	X(KEY_IS_REVOKED, "revoked")
TERM_DECLARE(key_standing, KEY_STANDINGS);

#define KEY_KINDS(X)                                                           \
	X(KEY_PERSONAL, "personal")                                            \
	X(KEY_THING, "thing")                                                  \
	X(KEY_UNIT, "unit")                                                    \
	X(KEY_GUEST, "guest")
TERM_DECLARE(key_kind, KEY_KINDS);

#define SECURITIES(X)                                                          \
	X(SECURITY_WPA2, "wpa2")                                               \
	X(SECURITY_WPA2_WPA3, "wpa2-wpa3")                                     \
	X(SECURITY_WPA3, "wpa3")
TERM_DECLARE(security, SECURITIES);

#define LIFETIMES(X)                                                           \
	X(LIFETIME_NONE, "none")                                               \
	X(LIFETIME_DATE, "date")                                               \
	X(LIFETIME_DAYS, "days")                                               \
	X(LIFETIME_END_OF_DAY, "end-of-day")                                   \
	X(LIFETIME_ROLLING, "rolling")                                         \
	X(LIFETIME_DEPARTURE, "departure")
TERM_DECLARE(lifetime, LIFETIMES);

/* When passwords of what cannot sign in end. */
#define THINGS(X)                                                              \
	X(THINGS_PLAN, "plan") /* like all others */                           \
	X(THINGS_NEVER, "never")
TERM_DECLARE(things, THINGS);

#define STYLES(X)                                                              \
	X(STYLE_GROUPS, "groups")                                              \
	X(STYLE_WORDS, "words")
TERM_DECLARE(style, STYLES);

#define BINDINGS(X)                                                            \
	X(BINDING_UNBOUND, "unbound")                                          \
	X(BINDING_FIRST_USE, "first-use")                                      \
	X(BINDING_REGISTERED, "registered")
TERM_DECLARE(binding, BINDINGS);

/* What happens at the cap of devices. */
#define CAP_RULES(X)                                                           \
	X(CAP_OLDEST_IDLE, "oldest-idle")                                      \
	X(CAP_REFUSE, "refuse")
TERM_DECLARE(cap_rule, CAP_RULES);

#define DEVICE_ORIGINS(X)                                                      \
	X(DEVICE_LEARNT, "learnt")                                             \
	X(DEVICE_REGISTERED, "registered")                                     \
	X(DEVICE_IMPORTED, "imported")
TERM_DECLARE(device_origin, DEVICE_ORIGINS);

/* RFC 2869 5.14 Message-Authenticator in requests of an access point. */
#define MA_POLICIES(X)                                                         \
	X(MA_REQUIRE, "require")                                               \
	X(MA_AUTO, "auto")                                                     \
	X(MA_ALLOW, "allow")
TERM_DECLARE(ma_policy, MA_POLICIES);

/* How an access point asks and wants to be answered, and whose it is; there is
 * a row of radius/makers for each. */
#define DIALECTS(X)                                                            \
	X(DIALECT_GENERIC, "generic", "Any other maker")                       \
	X(DIALECT_HOSTAPD, "hostapd", "hostapd, OpenWrt, OpenWiFi")            \
	X(DIALECT_CISCO, "cisco", "Cisco Catalyst 9800, AireOS")               \
	X(DIALECT_MERAKI, "meraki", "Cisco Meraki")                            \
	X(DIALECT_MIST, "mist", "Juniper Mist")                                \
	X(DIALECT_ARUBA, "aruba", "HPE Aruba Networking")                      \
	X(DIALECT_RUCKUS, "ruckus",                                            \
	    "Ruckus Unleashed, Ruckus One, SmartZone 7")                       \
	X(DIALECT_RUCKUS_SMARTZONE, "ruckus-smartzone",                        \
	    "Ruckus SmartZone up to 6")                                        \
	X(DIALECT_MIKROTIK, "mikrotik",                                        \
	    "MikroTik wireless, CAPsMAN (up to RouterOS 7.12)")                \
	X(DIALECT_MIKROTIK_WIFI, "mikrotik-wifi",                              \
	    "MikroTik wifi (RouterOS 7.13 and later)")                         \
	X(DIALECT_UNIFI, "unifi", "Ubiquiti UniFi")                            \
	X(DIALECT_UNIFI_KEYS, "unifi-keys",                                    \
	    "Ubiquiti UniFi, password entries")                                \
	X(DIALECT_OMADA, "omada", "TP-Link Omada")                             \
	X(DIALECT_HUAWEI, "huawei", "Huawei")                                  \
	X(DIALECT_LANCOM, "lancom", "LANCOM")                                  \
	X(DIALECT_ELEVEN, "eleven", "Eleven")                                  \
	X(DIALECT_FORTIGATE, "fortigate", "Fortinet FortiGate")                \
	X(DIALECT_CAMBIUM, "cambium", "Cambium")                               \
	X(DIALECT_EXTREME, "extreme", "Extreme Networks")
TERM_DECLARE(dialect, DIALECTS);
enum { DIALECTS_N = 0 DIALECTS(TERM_ONE) };

/* The maker and products of a dialect, for people. */
const char *dialect_title(enum dialect d);

/* What a person may do in the portal; a set, in one int as 1 << role. */
#define ROLES(X)                                                               \
	X(ROLE_PERSON, "person")                                               \
	X(ROLE_SPONSOR, "sponsor")                                             \
	X(ROLE_DESK, "desk")                                                   \
	X(ROLE_OPERATOR, "operator")                                           \
	X(ROLE_AUDITOR, "auditor")                                             \
	X(ROLE_ADMIN, "admin")
TERM_DECLARE(role, ROLES);

/* What an API token may touch. */
#define SCOPES(X)                                                              \
	X(SCOPE_READ, "read")     /* every noun, no password, no audit */      \
	X(SCOPE_SETUP, "setup")   /* networks, plans, rules, access points */  \
	X(SCOPE_PEOPLE, "people") /* people and units */                       \
	X(SCOPE_KEYS, "keys")     /* passwords and devices */                  \
	X(SCOPE_REVEAL, "reveal") /* the passphrase itself */                  \
	X(SCOPE_GUESTS, "guests") /* guests and vouchers */                    \
	X(SCOPE_AUDIT, "audit")                                                \
	X(SCOPE_EXPORT, "export") /* every password of a network */            \
	X(SCOPE_SCIM, "scim")
TERM_DECLARE(scope, SCOPES);

/* A voucher asks (its sponsor has to say yes), is open, has been used up, or is
 * over: refused, withdrawn, checked out. */
#define VOUCHER_STATES(X)                                                      \
	X(VOUCHER_ASKED, "asked")                                              \
	X(VOUCHER_OPEN, "open")                                                \
	X(VOUCHER_USED, "used")                                                \
	X(VOUCHER_OVER, "over")
TERM_DECLARE(voucher_state, VOUCHER_STATES);

/* The nouns of the store, as the change feed and the audit name them. */
#define NOUNS(X)                                                               \
	X(NOUN_PERSON, "person")                                               \
	X(NOUN_UNIT, "unit")                                                   \
	X(NOUN_NETWORK, "network")                                             \
	X(NOUN_PLAN, "plan")                                                   \
	X(NOUN_RULE, "rule")                                                   \
	X(NOUN_KEY, "key")                                                     \
	X(NOUN_DEVICE, "device")                                               \
	X(NOUN_AP, "ap")                                                       \
	X(NOUN_VISIT, "visit")                                                 \
	X(NOUN_PASS, "pass")                                                   \
	X(NOUN_SESSION, "session")                                             \
	X(NOUN_TOKEN, "token")                                                 \
	X(NOUN_GROUP, "group")                                                 \
	X(NOUN_WEBHOOK, "webhook")                                             \
	X(NOUN_OUTBOX, "outbox")                                               \
	X(NOUN_ROTATION, "rotation")                                           \
	X(NOUN_STORE, "store")
TERM_DECLARE(noun, NOUNS);

/* Disconnects share the outbox but are the responder's (disconnects.h). */
#define OUTBOX_KINDS(X)                                                        \
	X(OUTBOX_MAIL, "mail")                                                 \
	X(OUTBOX_SMS, "sms")                                                   \
	X(OUTBOX_NOTICE, "notice") /* a letter that is still to be written */  \
	X(OUTBOX_WEBHOOK, "webhook")
TERM_DECLARE(outbox_kind, OUTBOX_KINDS);

#define WEBHOOK_STATES(X)                                                      \
	X(WEBHOOK_ACTIVE, "active")                                            \
	X(WEBHOOK_PAUSED, "paused")
TERM_DECLARE(webhook_state, WEBHOOK_STATES);

#define OUTBOX_STATES(X)                                                       \
	X(OUTBOX_WAITING, "waiting")                                           \
	X(OUTBOX_DONE, "done")                                                 \
	X(OUTBOX_DEAD, "dead") /* given up */
TERM_DECLARE(outbox_state, OUTBOX_STATES);
