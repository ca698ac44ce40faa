#include "radius/serve/strangers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

struct strangers {
	pthread_mutex_t lock;
	size_t n;
	struct stranger v[STRANGERS_MAX]; /* the newest first */
};

struct strangers *
strangers_new(void)
{
	struct strangers *s = calloc(1, sizeof(*s));

	if (s != NULL)
		(void)pthread_mutex_init(&s->lock, NULL);
	return s;
}

void
strangers_free(struct strangers *s)
{
	if (s == NULL)
		return;
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

void
strangers_add(struct strangers *s, const char *address, int64_t at)
{
	size_t i = 0;

	(void)pthread_mutex_lock(&s->lock);
	while (i < s->n && strcmp(s->v[i].address, address) != 0)
		i++;
	if (i == s->n && s->n < STRANGERS_MAX)
		s->n++;
	if (i == STRANGERS_MAX)
		i--; /* the oldest */
	memmove(&s->v[1], &s->v[0], i * sizeof(s->v[0]));
	text_copy(s->v[0].address, sizeof(s->v[0].address), address);
	s->v[0].at = at;
	(void)pthread_mutex_unlock(&s->lock);
}

size_t
strangers_list(struct strangers *s, struct stranger out[static STRANGERS_MAX])
{
	size_t n;

	(void)pthread_mutex_lock(&s->lock);
	n = s->n;
	memcpy(out, s->v, n * sizeof(s->v[0]));
	(void)pthread_mutex_unlock(&s->lock);
	return n;
}
