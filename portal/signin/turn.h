/*
 * turn.h - one call of signin.h, and the providers it may concern
 *
 * A call has one deadline over all it asks the provider. A provider that does
 * not answer is left alone for a while, so that it cannot hold every thread.
 */
#pragma once

#include <jansson.h>
#include <openssl/evp.h>
#include <pthread.h>

#include "core/net/fetch.h"
#include "portal/signin/signin.h"
#include "portal/signin/spent.h"

enum {
	TURN_MS = 5500,    /* all of one call; pages promise 6 s */
	TURN_FAILURES = 2, /* in a row, until a provider is left alone */
	TURN_REST = 10,    /* seconds it is then left alone */
	TURN_TOKEN_MAX = 64 * 1024,
	TURN_SUBJECT_MAX = 255,
	TURN_METADATA_FRESH = 3600,
	TURN_METADATA_LAST = 24 * 3600,
};

/* All that is known of one provider. LOCK guards what is below it. */
struct provider {
	const struct conf_provider *conf;
	struct secret secret; /* empty when it has none */
	EVP_PKEY *key;        /* for private_key_jwt, or NULL */

	pthread_mutex_t lock;
	pthread_cond_t told;     /* by who asks for keys */
	bool asking;             /* somebody does */
	json_t *metadata, *keys; /* checked; NULL until asked for */
	int64_t metadata_at, keys_at, keys_tried;
	int failures;
	int64_t rest_until;
};

struct signin {
	const struct conf *conf;
	const struct ring *ring;
	struct provider *providers;
	size_t n;
	struct spent *states, *logouts;
};

struct turn {
	struct signin *s;
	struct provider *p;
	int64_t now, until; /* seconds; monotonic nanoseconds */
	struct arena *a;
	struct signin_why *why;
};

/* NOT_FOUND when there is no provider SLUG. */
MUST_USE enum err turn_start(struct turn *t, struct signin *s, const char *slug,
    int64_t now, struct arena *a, struct signin_why *why);

/* Notes REASON and a detail of printable ASCII, and returns E. */
enum err turn_refuse(struct signin_why *why, enum err e, const char *reason,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * Asks the provider, within what is left of the turn. PROVIDER_DOWN without an
 * answer or with a 5xx one, PROVIDER when it cannot be trusted (certificate,
 * address, size); WHAT names the request in the detail.
 */
MUST_USE enum err turn_ask(struct turn *t, const char *what,
    const struct fetch_call *call, struct fetch_reply *out);
