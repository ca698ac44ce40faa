#include "radius/serve/reasons.h"

#include <pthread.h>
#include <stdlib.h>

struct reasons {
	pthread_mutex_t lock;
	uint64_t count;
	struct reason v[REASONS_MAX];
};

struct reasons *
reasons_new(void)
{
	struct reasons *r = calloc(1, sizeof(*r));

	if (r != NULL)
		(void)pthread_mutex_init(&r->lock, NULL);
	return r;
}

void
reasons_free(struct reasons *r)
{
	if (r == NULL)
		return;
	(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

void
reasons_add(struct reasons *r, const struct reason *reason)
{
	(void)pthread_mutex_lock(&r->lock);
	r->v[r->count++ % REASONS_MAX] = *reason;
	(void)pthread_mutex_unlock(&r->lock);
}

size_t
reasons_list(struct reasons *r, const struct mac *station, struct reason *out,
    size_t max)
{
	size_t n = 0, kept;

	(void)pthread_mutex_lock(&r->lock);
	kept = r->count < REASONS_MAX ? (size_t)r->count : REASONS_MAX;
	for (size_t i = 1; i <= kept && n < max; i++) {
		const struct reason *v = &r->v[(r->count - i) % REASONS_MAX];

		if (station == NULL || mac_same(&v->station, station))
			out[n++] = *v;
	}
	(void)pthread_mutex_unlock(&r->lock);
	return n;
}
