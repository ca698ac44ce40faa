/*
 * columns.h - which member of a noun is which column
 *
 * One line per stored member: the struct, how it is kept, the member. The
 * same list makes the mapping in C (row.c) and the names in sql/, so the
 * two cannot disagree. Every noun starts with its id, which is not listed.
 */
#pragma once

/* clang-format off */
#define NETWORK_COLUMNS(C)						\
	C(network, text, ssid) C(network, text, name)			\
	C(network, security, security) C(network, flag, hidden)		\
	C(network, text, time_zone) C(network, text, notices)		\
	C(network, text, quiet) C(network, number, created)		\
	C(network, number, version)

#define PLAN_COLUMNS(C)							\
	C(plan, id, network) C(plan, text, name) C(plan, whole, vlan)	\
	C(plan, text, pool) C(plan, number, rate_down)			\
	C(plan, number, rate_up) C(plan, text, role) C(plan, text, acl)	\
	C(plan, whole, devices) C(plan, cap_rule, cap_rule)		\
	C(plan, lifetime, lifetime) C(plan, whole, lifetime_days)	\
	C(plan, number, lifetime_at) C(plan, things, things)		\
	C(plan, style, style)						\
	C(plan, whole, style_count) C(plan, binding, binding)		\
	C(plan, text, schedule) C(plan, text, ap_groups)		\
	C(plan, number, quota) C(plan, text, quota_period)		\
	C(plan, id, quota_plan) C(plan, flag, self_service)		\
	C(plan, number, created) C(plan, number, version)

#define RULE_COLUMNS(C)							\
	C(rule, number, priority) C(rule, text, claim)			\
	C(rule, text, value) C(rule, id, plan) C(rule, whole, roles)	\
	C(rule, number, created) C(rule, number, version) C(rule, id, desk)

#define PERSON_COLUMNS(C)						\
	C(person, text, issuer) C(person, text, subject)		\
	C(person, text, name) C(person, text, mail)			\
	C(person, text, language) C(person, whole, roles)		\
	C(person, flag, groups_known) C(person, person_state, state)	\
	C(person, text, state_reason) C(person, number, state_since)	\
	C(person, number, terms_at) C(person, text, terms_version)	\
	C(person, number, last_sign_in)					\
	C(person, number, created) C(person, number, version)		\
	C(person, text, desk)

#define KEY_COLUMNS(C)							\
	C(wifi_key, id, network) C(wifi_key, id, plan)			\
	C(wifi_key, id, person) C(wifi_key, id, unit)			\
	C(wifi_key, key_kind, kind) C(wifi_key, text, name)		\
	C(wifi_key, key_state, state) C(wifi_key, text, reason)		\
	C(wifi_key, number, not_before) C(wifi_key, number, not_after)	\
	C(wifi_key, id, replaces) C(wifi_key, number, first_used)	\
	C(wifi_key, number, last_used) C(wifi_key, number, created)	\
	C(wifi_key, number, version) C(wifi_key, whole, devices_max)	\
	C(wifi_key, flag, end_given)

#define DEVICE_COLUMNS(C)						\
	C(device, id, network) C(device, id, key) C(device, mac, mac)	\
	C(device, text, name) C(device, device_origin, origin)		\
	C(device, flag, blocked) C(device, number, first_seen)		\
	C(device, number, last_seen) C(device, number, version)		\
	C(device, number, octets_in) C(device, number, octets_out)

#define AP_COLUMNS(C)							\
	C(access_point, text, name) C(access_point, text, address)	\
	C(access_point, text, dialect) C(access_point, ma_policy, ma)	\
	C(access_point, text, group) C(access_point, text, coa_address)	\
	C(access_point, text, tls)					\
	C(access_point, number, created) C(access_point, number, version)

#define VISIT_COLUMNS(C)						\
	C(visit, id, ap) C(visit, id, key) C(visit, text, session)	\
	C(visit, mac, mac) C(visit, number, start)			\
	C(visit, number, last) C(visit, number, stop)			\
	C(visit, number, octets_in) C(visit, number, octets_out)	\
	C(visit, whole, stop_cause)
#define UNIT_COLUMNS(C)							\
	C(unit, id, parent) C(unit, text, name) C(unit, whole, vlan)	\
	C(unit, person_state, state) C(unit, text, state_reason)	\
	C(unit, number, created) C(unit, number, version)

#define VOUCHER_COLUMNS(C)							\
	C(voucher, id, plan) C(voucher, id, person) C(voucher, id, key)		\
	C(voucher, voucher_state, state) C(voucher, text, name)			\
	C(voucher, text, mail) C(voucher, text, room) C(voucher, text, host)	\
	C(voucher, text, language) C(voucher, number, arrival)		\
	C(voucher, number, departure) C(voucher, whole, uses_max)		\
	C(voucher, whole, uses) C(voucher, text, made_by)			\
	C(voucher, whole, prints) C(voucher, number, printed_at)		\
	C(voucher, number, sent_at) C(voucher, number, created)		\
	C(voucher, number, version) C(voucher, id, batch)			\
	C(voucher, whole, serial)

#define WEBHOOK_COLUMNS(C)						\
	C(webhook, text, name) C(webhook, text, url)			\
	C(webhook, text, events) C(webhook, webhook_state, state)	\
	C(webhook, text, reason) C(webhook, text, made_by)		\
	C(webhook, number, created) C(webhook, number, version)

/* Names for sql/: bare, and of the one-letter alias each noun goes by. */
#define COLUMN_BARE(type, kind, member) ", \"" #member "\""
#define COLUMN_N(type, kind, member) ", n.\"" #member "\""
#define COLUMN_P(type, kind, member) ", p.\"" #member "\""
#define COLUMN_R(type, kind, member) ", r.\"" #member "\""
#define COLUMN_O(type, kind, member) ", o.\"" #member "\""
#define COLUMN_K(type, kind, member) ", k.\"" #member "\""
#define COLUMN_D(type, kind, member) ", d.\"" #member "\""
#define COLUMN_A(type, kind, member) ", a.\"" #member "\""
#define COLUMN_V(type, kind, member) ", v.\"" #member "\""
#define COLUMN_U(type, kind, member) ", u.\"" #member "\""
#define COLUMN_H(type, kind, member) ", h.\"" #member "\""
#define WEBHOOK_H "h.id" WEBHOOK_COLUMNS(COLUMN_H)
#define COLUMN_G(type, kind, member) ", g.\"" #member "\""
#define UNIT_U "u.id" UNIT_COLUMNS(COLUMN_U)
#define VOUCHER_G "g.id" VOUCHER_COLUMNS(COLUMN_G)
#define NETWORK_N "n.id" NETWORK_COLUMNS(COLUMN_N)
#define PLAN_P "p.id" PLAN_COLUMNS(COLUMN_P)
#define RULE_R "r.id" RULE_COLUMNS(COLUMN_R)
#define PERSON_O "o.id" PERSON_COLUMNS(COLUMN_O)
#define KEY_K "k.id" KEY_COLUMNS(COLUMN_K)
#define DEVICE_D "d.id" DEVICE_COLUMNS(COLUMN_D)
#define AP_A "a.id" AP_COLUMNS(COLUMN_A)
#define VISIT_V "v.id" VISIT_COLUMNS(COLUMN_V)
#define BARE(NOUN) "(id" NOUN##_COLUMNS(COLUMN_BARE)

/* PLAN is one of DESK (struct person) */
#define OF_PLANS(desk, plan) desk " LIKE '%' || " plan " || '%'"
#define P8 "$1,$2,$3,$4,$5,$6,$7,$8"
#define P9 P8 ",$9"
#define P10 P9 ",$10"
#define P11 P9 ",$10,$11"
#define P12 P11 ",$12"
#define P15 P12 ",$13,$14,$15"
#define P16 P15 ",$16"
#define P17 P16 ",$17"
#define P18 P17 ",$18"
#define P20 P16 ",$17,$18,$19,$20"
#define P22 P20 ",$21,$22"
#define P26 P22 ",$23,$24,$25,$26"
/* clang-format on */
