/*
 * people.h - persons: sign-in, rights, states
 */
#pragma once

#include "core/service/call.h"

/* What a sign-in brought. Pointers are borrowed for the call. */
struct identity {
	const char *issuer, *subject; /* both required; the identity */
	const char *name, *mail;      /* "" when unknown; never an identity */
	bool mail_verified;
	const char *const *groups;
	size_t ngroups;
	bool groups_known;  /* false: overage marker, membership unknown */
	const char *claims; /* the raw claims as JSON, for other rules */
	const char *language;
	const char *external; /* what a directory calls them (SCIM), or NULL */
	bool follow;          /* keys move, stop and return with the groups */
};

/* What the rules say of a person. */
struct entitlement {
	struct plan plan;
	struct network network;
	struct uid rule; /* the rule that gave it */
};

/* Creates or refreshes the person and applies the rules to the roles. A
 * person in one of ADMIN_GROUPS is an administrator too. SUSPENDED persons
 * sign in (to read why); ended ones are FORBIDDEN. */
MUST_USE enum err people_sign_in(struct call *c, const struct identity *id,
    const char *const *admin_groups, size_t nadmin, struct person *out);

/* The plans this person may have, best first; one per network and rule order.
 * An empty list is not a failure. */
MUST_USE enum err people_entitlements(struct call *c, const struct uid *person,
    struct entitlement **out, size_t *n);

/* The groups of the last sign-in, for "you were seen in ...". */
MUST_USE enum err people_groups(
    struct call *c, const struct uid *person, const char ***out, size_t *n);

MUST_USE enum err
people_get(struct call *c, const struct uid *id, struct person *out);

/* By id, or the one whose mail, subject or name TEXT is. NOT_FOUND, with the
 * reason in `why`, for none or several. */
MUST_USE enum err
people_find(struct call *c, const char *text, struct person *out);

/* Search over name, mail and subject; "" lists all. Newest sign-in first. */
MUST_USE enum err people_list(struct call *c, const char *search, size_t offset,
    size_t limit, struct person **out, size_t *n, size_t *total);

/* Changes the state of a person; their keys follow at once (the responder
 * refuses keys of a person who is not active). REASON is kept and shown. */
MUST_USE enum err people_set_state(struct call *c, const struct uid *id,
    enum person_state state, const char *reason);

/* The same, ahead of us: life_tick() does it at AT ("block from the 1st"). One
 * plan at a time; AT 0 forgets it. */
MUST_USE enum err people_plan_state(struct call *c, const struct uid *id,
    enum person_state state, const char *reason, int64_t at);

/* What is planned; AT 0: nothing. For those who may see the person. */
MUST_USE enum err people_planned(struct call *c, const struct uid *id,
    enum person_state *state, int64_t *at);

/* A local person (issuer "local"), for those without single sign-on. */
MUST_USE enum err people_add(struct call *c, struct person *p);

/* One of many local people, known by `subject`; without one by `mail`. */
struct person_import {
	struct person person; /* in: subject, name, mail, language; out: all */
	const char *did;      /* "new", "changed", "same"; "" when wrong */
	enum err err;
	struct why why;
};

/* Adds those who are not there and changes those who differ, all of them in
 * one transaction or none: then each one that is wrong says so and the first
 * failure is returned. What is "" in the table stays as it is. TRIAL stores
 * nothing. Staff only. */
MUST_USE enum err
people_import(struct call *c, struct person_import *all, size_t n, bool trial);

/* Ends their passwords, drops their devices, and clears name, mail, groups,
 * devices and ended visits; a person of the same identity begins anew. For the
 * person (while active, and no administrator) and for administrators. The
 * audit keeps its rows: each holds the hash of the one before, so what is
 * written there stays until its retention ends. */
MUST_USE enum err people_forget(struct call *c, const struct uid *id);

/* Whether P is what stayed of somebody who was forgotten. */
bool people_is_forgotten(const struct person *p);

/* FROM turns out to be INTO: passwords with their devices and VLANs, units and
 * redeemed vouchers become INTO's, who may then have more passwords than one
 * could ask for; FROM ends, and what they are to their sign-in service opens
 * nothing any more. Both are active (or a suspension would end by it), else
 * BAD_STATE. Whoever changes VLAN by it joins again. Staff only. */
MUST_USE enum err
people_merge(struct call *c, const struct uid *from, const struct uid *into);

/* ID accepts the terms called VERSION (cut at TERMS_VERSION_MAX octets), read
 * in LANGUAGE ("": in the text for all languages); the record of acts says
 * both. Nothing is written when they have. For themselves. */
MUST_USE enum err people_accept_terms(struct call *c, const struct uid *id,
    const char *version, const char *language);
MUST_USE enum err
people_set_language(struct call *c, const struct uid *id, const char *language);

/* Has the sign-in service said that this person's mail address is theirs, or
 * did they come by a link sent there? For themselves. */
MUST_USE enum err
people_mail_proven(struct call *c, const struct uid *id, bool *proven);
