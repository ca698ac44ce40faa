#include "portal/signin/spent.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/crypt/hash.h"

struct spent {
	pthread_mutex_t lock;
	size_t next, n;
	uint8_t hash[SPENT_MAX][HASH_LEN];
};

struct spent *
spent_new(void)
{
	struct spent *s = calloc(1, sizeof(*s));

	if (s != NULL && pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return NULL;
	}
	return s;
}

void
spent_free(struct spent *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* The place of HASH; NULL: there is none. */
static uint8_t *
known(struct spent *s, const uint8_t hash[static HASH_LEN])
{
	for (size_t i = 0; i < s->n; i++)
		if (secret_equal(s->hash[i], hash, HASH_LEN))
			return s->hash[i];
	return NULL;
}

static enum err
hash_of(const char *a, const char *b, uint8_t out[static HASH_LEN])
{
	OWN(buf) struct buf both = BUF(4096);

	buf_add(&both, a, strlen(a) + 1);
	buf_text(&both, b);
	return both.err ? both.err : hash_sha256(both.p, both.len, out);
}

enum err
spent_use(struct spent *s, const char *a, const char *b)
{
	uint8_t hash[HASH_LEN];
	enum err e = hash_of(a, b, hash);

	if (e)
		return e;
	pthread_mutex_lock(&s->lock);
	if (known(s, hash)) {
		e = ERR_BAD_STATE;
	} else {
		memcpy(s->hash[s->next], hash, HASH_LEN);
		s->next = (s->next + 1) % SPENT_MAX;
		s->n += s->n < SPENT_MAX;
	}
	pthread_mutex_unlock(&s->lock);
	return e;
}

void
spent_undo(struct spent *s, const char *a, const char *b)
{
	uint8_t hash[HASH_LEN], *place;

	if (hash_of(a, b, hash))
		return;
	pthread_mutex_lock(&s->lock);
	if ((place = known(s, hash)) != NULL)
		memset(place, 0, HASH_LEN); /* of nothing that can be used */
	pthread_mutex_unlock(&s->lock);
}
