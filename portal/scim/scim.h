/*
 * scim.h - one call of a directory (SCIM 2.0: RFC 7643, RFC 7644)
 *
 * The token says whose people these are: its issuer. Everything is read into
 * a struct of core/service/scim.h and done there, in one transaction. Bulk
 * and /Me are not offered, and say so.
 */
#pragma once

#include "core/model/bounds.h"
#include "portal/scim/filter.h"
#include "portal/scim/user.h"
#include "portal/scim/view.h"
#include "portal/web/page.h"

#define SCIM_PATH "/scim/v2"

struct scim {
	struct page *p;
	struct call *c;
	const char *connector;
	struct uid id; /* of the path */
	json_t *body;  /* an object, or NULL */
	int64_t match; /* If-Match; 0: none */
	struct view_want want;
	const char *filter; /* NULL: none */
	size_t offset, count;
};

/* One kind of resource. */
struct scim_kind {
	const char *name;                          /* "User" */
	const char *path;                          /* "Users" */
	const char *by_name, *member, *member_sub; /* to look up by */
	/* a page of resources, without what `finish` adds */
	enum err (*page)(struct scim *s, const struct scim_filter *f,
	    json_t **list, size_t *total);
	/* members, groups, location */
	enum err (*finish)(struct scim *s, json_t *j);
};

extern const struct scim_kind scim_user_kind, scim_group_kind;

/* Runs ONE with everything read from the request; frees what it leaves. */
MUST_USE enum err scim_run(struct page *p, enum err (*one)(struct scim *s));

/* Answers with J (taken) as STATUS: finished, cut, with its version. */
MUST_USE enum err scim_answer(struct scim *s, const struct scim_kind *k,
    int status, json_t *j, int64_t version);

/* J (taken) as it is. */
MUST_USE enum err scim_send(struct scim *s, int status, json_t *j);

/* Nothing, as STATUS. */
MUST_USE enum err scim_done(struct scim *s, int status);

/* What the request asks for of K. */
MUST_USE enum err scim_list(struct scim *s, const struct scim_kind *k);

/* ONE, and again while somebody else changes the same (CONFLICT), SCIM_TRIES
 * times in all. */
MUST_USE enum err scim_tries(enum err (*one)(void *of), void *of);

/* PRECONDITION unless VERSION is what If-Match names. */
MUST_USE enum err scim_same(const struct scim *s, int64_t version);

/* `$ref` and `meta.location` of the resource KIND and ID. */
json_t *scim_where(const struct scim *s, const char *kind, const char *id);
