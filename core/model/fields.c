/* The members of each noun, one line per member. */
#include "core/model/field.h"

/* Enums differ in type, the table in function pointers must not. */
#define TERM_WORDS(type, LIST)                                                 \
	static const char *type##_as_text(int v)                               \
	{                                                                      \
		return type##_text((enum type)v);                              \
	}                                                                      \
	static bool type##_from_text(const char *word, int *out)               \
	{                                                                      \
		enum type v;                                                   \
                                                                               \
		if (!type##_parse(word, &v))                                   \
			return false;                                          \
		*out = (int)v;                                                 \
		return true;                                                   \
	}                                                                      \
	static const struct term_words type##_term = {                         \
	    type##_as_text, type##_from_text, &("" LIST(WORD_LISTED))[1]};
#define WORD_LISTED(name, word, ...) "|" word

TERM_WORDS(person_state, PERSON_STATES)
TERM_WORDS(key_state, KEY_STATES)
TERM_WORDS(key_kind, KEY_KINDS)
TERM_WORDS(security, SECURITIES)
TERM_WORDS(lifetime, LIFETIMES)
TERM_WORDS(things, THINGS)
TERM_WORDS(style, STYLES)
TERM_WORDS(binding, BINDINGS)
TERM_WORDS(cap_rule, CAP_RULES)
TERM_WORDS(device_origin, DEVICE_ORIGINS)
TERM_WORDS(dialect, DIALECTS)
TERM_WORDS(ma_policy, MA_POLICIES)
TERM_WORDS(voucher_state, VOUCHER_STATES)
TERM_WORDS(outbox_kind, OUTBOX_KINDS)
TERM_WORDS(webhook_state, WEBHOOK_STATES)
TERM_WORDS(outbox_state, OUTBOX_STATES)

#define ROW(type, member, kind, flags, term, help)                             \
	{#member, kind, flags, offsetof(struct type, member),                  \
	    sizeof(((struct type *)0)->member), term, help},
#define NEEDED (FIELD_SET | FIELD_REQUIRED | FIELD_SHORT)
#define SHOWN (FIELD_SET | FIELD_SHORT)
#define COMMON(type)                                                           \
	ROW(type, created, FIELD_TIME, 0, NULL, "when it was made")            \
	ROW(type, version, FIELD_LONG, 0, NULL, "counts changes")

/* one line per field */
/* clang-format off */
#define F(member, kind, flags, term, help) \
	ROW(network, member, kind, flags, term, help)
const struct field network_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(ssid, FIELD_TEXT, NEEDED, NULL, "the Wi-Fi name, 1 to 32 octets")
	F(name, FIELD_TEXT, SHOWN, NULL, "what people read; the SSID by default")
	F(security, FIELD_TERM, SHOWN, &security_term, "how stations prove a key")
	F(hidden, FIELD_BOOL, FIELD_SET, NULL, "the name is not broadcast")
	F(time_zone, FIELD_TEXT, SHOWN, NULL, "IANA name, for days and schedules")
	F(notices, FIELD_TEXT, FIELD_SET, NULL, "letters to people: 7,3,1 days before the end, made, rotated; or none")
	F(quiet, FIELD_TEXT, FIELD_SET, NULL, "no letters in these hours, as 22:00-07:00")
	COMMON(network)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(plan, member, kind, flags, term, help)
const struct field plan_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(name, FIELD_TEXT, NEEDED, NULL, "what people read")
	F(network, FIELD_ID, NEEDED, NULL, "the network it belongs to")
	F(vlan, FIELD_INT, SHOWN, NULL, "1 to 4094; 0 sends none")
	F(pool, FIELD_TEXT, FIELD_SET, NULL, "VLANs to take one from per person")
	F(rate_down, FIELD_LONG, FIELD_SET, NULL, "kbit/s to the device; 0 any")
	F(rate_up, FIELD_LONG, FIELD_SET, NULL, "kbit/s from the device; 0 any")
	F(role, FIELD_TEXT, FIELD_SET, NULL, "the access point's role name")
	F(acl, FIELD_TEXT, FIELD_SET, NULL, "the access point's filter name")
	F(devices, FIELD_INT, SHOWN, NULL, "at once per key; 0 any number")
	F(cap_rule, FIELD_TERM, FIELD_SET, &cap_rule_term, "at that number")
	F(lifetime, FIELD_TERM, SHOWN, &lifetime_term, "when keys end")
	F(lifetime_days, FIELD_INT, FIELD_SET, NULL, "for days and rolling")
	F(lifetime_at, FIELD_TIME, FIELD_SET, NULL, "for date")
	F(things, FIELD_TERM, FIELD_SET, &things_term, "when passwords of televisions, printers and the like end; with their owner in any case")
	F(style, FIELD_TERM, FIELD_SET, &style_term, "how passwords look")
	F(style_count, FIELD_INT, FIELD_SET, NULL, "groups or words; 0 default")
	F(binding, FIELD_TERM, FIELD_SET, &binding_term, "which devices may use it")
	F(schedule, FIELD_TEXT, FIELD_SET, NULL, "when it works; empty: always")
	F(ap_groups, FIELD_TEXT, FIELD_SET, NULL, "where it works; empty: all")
	F(quota, FIELD_LONG, FIELD_SET, NULL, "octets per period; 0 none")
	F(quota_period, FIELD_TEXT, FIELD_SET, NULL, "day, week or month")
	F(quota_plan, FIELD_ID, FIELD_SET, NULL, "the plan after that")
	F(self_service, FIELD_BOOL, FIELD_SET, NULL, "people may take it")
	COMMON(plan)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(rule, member, kind, flags, term, help)
const struct field rule_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(priority, FIELD_LONG, SHOWN, NULL, "lowest first")
	F(claim, FIELD_TEXT, SHOWN, NULL, "which claim; groups by default")
	F(value, FIELD_TEXT, NEEDED, NULL, "the exact value; * for anybody")
	F(plan, FIELD_ID, SHOWN, NULL, "the plan it gives")
	F(roles, FIELD_ROLES, SHOWN, NULL, "the roles it gives, by commas")
	F(desk, FIELD_ID, SHOWN, NULL, "its front desk sees guests of this plan only; empty: of all")
	COMMON(rule)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(person, member, kind, flags, term, help)
const struct field person_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "their identifier")
	F(name, FIELD_TEXT, NEEDED, NULL, "their name")
	F(mail, FIELD_TEXT, SHOWN, NULL, "where to write to them")
	F(issuer, FIELD_TEXT, 0, NULL, "who vouches for them")
	F(subject, FIELD_TEXT, FIELD_SET, NULL, "who they are to the issuer")
	F(language, FIELD_TEXT, FIELD_SET, NULL, "BCP 47 tag")
	F(roles, FIELD_ROLES, FIELD_SHORT, NULL, "what they may do")
	F(desk, FIELD_TEXT, 0, NULL, "plans whose guests their front desk has; empty: of all")
	F(state, FIELD_TERM, FIELD_SHORT, &person_state_term, "their state")
	F(state_reason, FIELD_TEXT, 0, NULL, "why")
	F(state_since, FIELD_TIME, 0, NULL, "since when")
	F(terms_at, FIELD_TIME, 0, NULL, "when they accepted the terms")
	F(terms_version, FIELD_TEXT, 0, NULL, "which terms they accepted")
	F(last_sign_in, FIELD_TIME, FIELD_SHORT, NULL, "when they were here last")
	COMMON(person)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(wifi_key, member, kind, flags, term, help)
const struct field key_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(name, FIELD_TEXT, SHOWN, NULL, "what its owner calls it")
	F(kind, FIELD_TERM, SHOWN, &key_kind_term, "whose it is")
	F(network, FIELD_ID, FIELD_SET, NULL, "the network it opens")
	F(plan, FIELD_ID, FIELD_SET, NULL, "what it is worth")
	F(person, FIELD_ID, FIELD_SET, NULL, "its owner")
	F(unit, FIELD_ID, FIELD_SET, NULL, "the unit it belongs to, and then no person")
	F(state, FIELD_TERM, FIELD_SHORT, &key_state_term, "what was decided of it")
	F(reason, FIELD_TEXT, 0, NULL, "why")
	F(not_before, FIELD_TIME, FIELD_SET, NULL, "when it starts")
	F(not_after, FIELD_TIME, SHOWN, NULL, "when it ends")
	F(devices_max, FIELD_INT, FIELD_SET, NULL, "how many devices may use it at once; 0 as the plan says")
	F(replaces, FIELD_ID, 0, NULL, "the key it was made from")
	F(first_used, FIELD_TIME, 0, NULL, "when a device first used it")
	F(last_used, FIELD_TIME, FIELD_SHORT, NULL, "when a device last used it")
	COMMON(wifi_key)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(device, member, kind, flags, term, help)
const struct field device_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(mac, FIELD_MAC, SHOWN, NULL, "its address")
	F(name, FIELD_TEXT, SHOWN, NULL, "what its owner calls it")
	F(network, FIELD_ID, 0, NULL, "where it was seen")
	F(key, FIELD_ID, 0, NULL, "the key it uses")
	F(origin, FIELD_TERM, 0, &device_origin_term, "how it became known")
	F(blocked, FIELD_BOOL, FIELD_SHORT, NULL, "it may not join")
	F(first_seen, FIELD_TIME, 0, NULL, "when it first joined")
	F(last_seen, FIELD_TIME, FIELD_SHORT, NULL, "when it last joined")
	F(octets_in, FIELD_LONG, 0, NULL, "octets from the device")
	F(octets_out, FIELD_LONG, 0, NULL, "octets to the device")
	F(version, FIELD_LONG, 0, NULL, "counts changes")
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(access_point, member, kind, flags, term, help)
const struct field ap_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(name, FIELD_TEXT, NEEDED, NULL, "what you call it")
	F(address, FIELD_TEXT, SHOWN, NULL, "its address or range; over TLS it needs none")
	F(dialect, FIELD_TEXT, SHOWN, &dialect_term, "its maker's way of asking")
	F(ma, FIELD_TERM, SHOWN, &ma_policy_term, "whether its requests must be signed so")
	F(group, FIELD_TEXT, FIELD_SET, NULL, "for plans that name places")
	F(coa_address, FIELD_TEXT, FIELD_SET, NULL, "host:port for disconnects")
	F(tls, FIELD_TEXT, FIELD_SET, NULL, "over TLS: psk, sha256:HASH or its certificate's name")
	COMMON(access_point)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(visit, member, kind, flags, term, help)
const struct field visit_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(mac, FIELD_MAC, FIELD_SHORT, NULL, "the device's address")
	F(ap, FIELD_ID, 0, NULL, "the access point")
	F(key, FIELD_ID, 0, NULL, "the key used")
	F(session, FIELD_TEXT, 0, NULL, "Acct-Session-Id")
	F(start, FIELD_TIME, FIELD_SHORT, NULL, "when it began")
	F(last, FIELD_TIME, FIELD_SHORT, NULL, "when it was last reported")
	F(stop, FIELD_TIME, FIELD_SHORT, NULL, "when it ended")
	F(octets_in, FIELD_LONG, FIELD_SHORT, NULL, "octets from the device")
	F(octets_out, FIELD_LONG, FIELD_SHORT, NULL, "octets to the device")
	F(stop_cause, FIELD_INT, 0, NULL, "Acct-Terminate-Cause")
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(unit, member, kind, flags, term, help)
const struct field unit_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(name, FIELD_TEXT, NEEDED, NULL, "what people call it")
	F(parent, FIELD_ID, FIELD_SET, NULL, "the unit it is part of")
	F(vlan, FIELD_INT, SHOWN, NULL, "of its own; 0: that of the plan")
	F(state, FIELD_TERM, FIELD_SHORT, &person_state_term, "its state")
	F(state_reason, FIELD_TEXT, 0, NULL, "why")
	COMMON(unit)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(voucher, member, kind, flags, term, help)
const struct field voucher_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(plan, FIELD_ID, NEEDED, NULL, "what the password is worth")
	F(state, FIELD_TERM, FIELD_SHORT, &voucher_state_term, "asked or open")
	F(name, FIELD_TEXT, SHOWN, NULL, "the guest's name")
	F(mail, FIELD_TEXT, FIELD_SET, NULL, "the guest's mail address")
	F(room, FIELD_TEXT, SHOWN, NULL, "where they stay")
	F(host, FIELD_TEXT, FIELD_SET, NULL, "whom they visit")
	F(language, FIELD_TEXT, FIELD_SET, NULL, "BCP 47 tag")
	F(arrival, FIELD_TIME, SHOWN, NULL, "from when; empty: now")
	F(departure, FIELD_TIME, SHOWN, NULL, "until when")
	F(uses_max, FIELD_INT, FIELD_SET, NULL, "how often; 1 when not given")
	F(uses, FIELD_INT, 0, NULL, "how often it was redeemed")
	F(person, FIELD_ID, 0, NULL, "who redeemed it")
	F(key, FIELD_ID, 0, NULL, "the password it became")
	F(batch, FIELD_ID, 0, NULL, "the batch it was made in")
	F(serial, FIELD_INT, FIELD_SHORT, NULL, "its number there")
	COMMON(voucher)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(api_token, member, kind, flags, term, help)
const struct field token_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(name, FIELD_TEXT, NEEDED, NULL, "which machine has it")
	F(scopes, FIELD_TEXT, NEEDED, NULL, "read, setup, people, keys, reveal, guests, audit, export, scim")
	F(issuer, FIELD_TEXT, FIELD_SET, NULL, "for scim: who vouches for the people")
	F(roles, FIELD_ROLES, SHOWN, NULL, "as which it acts; empty: what the scopes need")
	F(made_by, FIELD_TEXT, 0, NULL, "who made it")
	F(expires, FIELD_TIME, SHOWN, NULL, "when it ends; a year when not given")
	F(last_used, FIELD_TIME, FIELD_SHORT, NULL, "when it was last used")
	F(revoked, FIELD_TIME, FIELD_SHORT, NULL, "when it was revoked")
	COMMON(api_token)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(webhook, member, kind, flags, term, help)
const struct field webhook_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(name, FIELD_TEXT, NEEDED, NULL, "which machine it is")
	F(url, FIELD_TEXT, NEEDED, NULL, "where it listens, https://...")
	F(events, FIELD_TEXT, SHOWN, NULL, "what it is told: * all, key.* all of passwords, person.state")
	F(state, FIELD_TERM, SHOWN, &webhook_state_term, "active or paused")
	F(reason, FIELD_TEXT, 0, NULL, "why it is paused")
	F(made_by, FIELD_TEXT, 0, NULL, "who made it")
	COMMON(webhook)
	{0},
};
#undef F

#define F(member, kind, flags, term, help) \
	ROW(outbox_item, member, kind, flags, term, help)
const struct field outbox_fields[] = {
	F(id, FIELD_ID, FIELD_SHORT, NULL, "its identifier")
	F(created, FIELD_TIME, FIELD_SHORT, NULL, "when it was written")
	F(kind, FIELD_TERM, FIELD_SHORT, &outbox_kind_term, "how it goes")
	F(about, FIELD_TEXT, FIELD_SHORT, NULL, "what it says")
	F(target, FIELD_TEXT, FIELD_SHORT, NULL, "to whom, masked")
	F(state, FIELD_TERM, FIELD_SHORT, &outbox_state_term, "waiting, done or dead")
	F(tries, FIELD_INT, FIELD_SHORT, NULL, "how often it was tried")
	F(due, FIELD_TIME, 0, NULL, "when it is tried next")
	F(asked, FIELD_TIME, 0, NULL, "when it was last tried")
	F(answer, FIELD_TEXT, FIELD_SHORT, NULL, "what came of it")
	F(cause, FIELD_INT, 0, NULL, "the status of an HTTP answer")
	F(finished, FIELD_TIME, 0, NULL, "when it was done with")
	F(useless, FIELD_TIME, 0, NULL, "of no use from then on")
	F(key, FIELD_ID, 0, NULL, "the password it is about")
	F(person, FIELD_ID, 0, NULL, "whom it is about")
	{0},
};
#undef F
/* clang-format on */
