/*
 * scim.h - people and groups that a directory provisions (RFC 7643, 7644)
 *
 * A connector is the issuer its token speaks for; everything it brings is
 * found by (connector, externalId), which is opaque and compared exactly. A
 * user is a person: the one who signs in with this issuer and subject, or a
 * new one who will. Whoever the directory disables or deletes has no Wi-Fi
 * from the commit on; what staff decided about a person stays.
 */
#pragma once

#include "core/base/say.h"
#include "core/service/call.h"

enum {
	SCIM_ATTRIBUTES_MAX = 16384, /* octets of a user, as JSON */
	SCIM_MEMBERS_MAX = 20000,    /* of a group */
	SCIM_LIST_MAX = 500,
};

/* What people read whom the directory has disabled. */
#define SCIM_REASON SAY("Your organisation has disabled your account.")

struct scim_user {
	struct uid id; /* the person's */
	char external[SUBJECT_MAX + 1];
	char user_name[MAIL_MAX + 1]; /* unique, whatever its case */
	bool active;
	const char *attributes; /* a JSON object, as it was brought */
	int64_t created, changed, version;
	/* only read by add and set: */
	char name[NAME_MAX_ + 1], mail[MAIL_MAX + 1], language[16];
};

struct scim_group {
	struct uid id;
	char external[SUBJECT_MAX + 1];
	char name[GROUP_MAX + 1]; /* what rules look for */
	int64_t created, changed, version;
};

struct scim_member {
	struct uid id;
	char user_name[MAIL_MAX + 1];
};

enum scim_key { /* what a list is narrowed to */
	SCIM_ALL,
	SCIM_ID,
	SCIM_NAME, /* userName or displayName */
	SCIM_EXTERNAL,
	SCIM_MEMBER, /* groups with this user, users of this group */
};

struct scim_filter {
	enum scim_key key;
	const char *value;
	size_t offset, limit;
};

/* All of them: ROLE_OPERATOR; CONNECTOR is the token's issuer. EXISTS names
 * userName, externalId or displayName in `why`. */

MUST_USE enum err
scim_users_add(struct call *c, const char *connector, struct scim_user *u);
MUST_USE enum err scim_users_get(struct call *c, const char *connector,
    const struct uid *id, struct scim_user *out);
MUST_USE enum err scim_users_list(struct call *c, const char *connector,
    const struct scim_filter *f, struct scim_user **out, size_t *n,
    size_t *total);
/* U->version must be the stored one (CONFLICT). */
MUST_USE enum err
scim_users_set(struct call *c, const char *connector, struct scim_user *u);
/* The person has ended; the same externalId brings them back. */
MUST_USE enum err
scim_users_remove(struct call *c, const char *connector, const struct uid *id);

/* MEMBERS must be users of the connector: BAD_INPUT. */
MUST_USE enum err scim_groups_add(struct call *c, const char *connector,
    struct scim_group *g, const struct uid *members, size_t n);
MUST_USE enum err scim_groups_get(struct call *c, const char *connector,
    const struct uid *id, struct scim_group *out);
MUST_USE enum err scim_groups_list(struct call *c, const char *connector,
    const struct scim_filter *f, struct scim_group **out, size_t *n,
    size_t *total);
MUST_USE enum err scim_groups_members(struct call *c, const struct uid *group,
    struct scim_member **out, size_t *n);
/* The group and exactly these members; NULL leaves them alone. */
MUST_USE enum err scim_groups_set(struct call *c, const char *connector,
    struct scim_group *g, const struct uid *members, size_t n);
MUST_USE enum err
scim_groups_remove(struct call *c, const char *connector, const struct uid *id);
