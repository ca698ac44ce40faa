/*
 * links.h - the way in for people without single sign-on: a link by mail
 *
 * Residents on an imported list, people of the desk or of another system: who
 * has an address and no identity at a provider asks for a link, opens it and is
 * signed in by a button there. The link is for the address; who several people
 * share one says which of them they are. Nobody who administers comes in by it.
 *
 * Whoever asks learns nothing: an address that nobody has is counted and
 * answered like any other. Writing to somebody is more work, so the caller
 * answers all after the same time.
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/outbox.h"

enum {
	LINKS_VALID = 900, /* seconds */
	LINKS_PAUSE = 30,  /* seconds between two links to one address */
	LINKS_MAILS = 5,   /* to one address in 24 hours */
	LINKS_PEOPLE = 10, /* who may share an address; newest sign-in first */
};

struct link_ask {
	const char *mail;
	int64_t total; /* links that may be sent in 24 hours */
	/* Makes the letter to TO with TOKEN in it; also when nobody will get
	 * it. TO is the address as it is stored, not as a stranger typed it. */
	enum err (*letter)(void *ctx, const char *to, const char *token,
	    struct outbox_order *o);
	void *ctx;
};

/* A link to a.mail, when it is somebody's. THROTTLED at a bound, BAD_INPUT for
 * what is no address; otherwise OK, whether or not there is such a person. */
MUST_USE enum err links_ask(struct call *c, const struct link_ask *a);

/* Whom TOKEN signs in; changes nothing. NOT_FOUND: it is no link of ours, used,
 * late, or there is nobody any more. */
MUST_USE enum err
links_look(struct call *c, const char *token, struct person **out, size_t *n);

/* Uses it up for AS, one of those, and opens the SESSION (its token) that it is
 * for: both or neither, so that no link is lost on the way. */
MUST_USE enum err links_take(struct call *c, const char *token,
    const struct uid *as, struct person *out, struct secret *session);
