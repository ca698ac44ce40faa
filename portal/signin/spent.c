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

static bool
known(const struct spent *s, const uint8_t hash[static HASH_LEN])
{
	for (size_t i = 0; i < s->n; i++)
		if (secret_equal(s->hash[i], hash, HASH_LEN))
			return true;
	return false;
}

enum err
spent_use(struct spent *s, const char *a, const char *b)
{
	OWN(buf) struct buf both = BUF(4096);
	uint8_t hash[HASH_LEN];
	enum err e = ERR_OK;

	buf_add(&both, a, strlen(a) + 1);
	buf_text(&both, b);
	if (both.err != ERR_OK)
		return both.err;
	if ((e = hash_sha256(both.p, both.len, hash)))
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
