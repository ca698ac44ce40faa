#include "portal/web/throttle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rnd.h"

enum { WAYS = 8, SETS = THROTTLE_PLACES / WAYS };

struct place {
	uint64_t who; /* 0: free */
	int64_t full; /* when the bucket will be full again, in ms */
};

struct throttle {
	pthread_mutex_t lock;
	uint64_t seed[2];
	struct place places[SETS][WAYS];
	int64_t misses; /* when the bucket of all will be full again, in ms */
};

struct throttle *
throttle_new(void)
{
	struct throttle *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	if (pthread_mutex_init(&t->lock, NULL) != 0) {
		free(t);
		return NULL;
	}
	rnd_bytes(t->seed, sizeof(t->seed));
	return t;
}

void
throttle_free(struct throttle *t)
{
	if (t == NULL)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static uint64_t
mix(uint64_t x)
{
	x ^= x >> 33;
	x *= UINT64_C(0xff51afd7ed558ccd);
	x ^= x >> 33;
	x *= UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}

/* The whole v4 address, or the /64 of v6: what one household is given. */
static uint64_t
of_address(const struct throttle *t, const struct in6_addr *from)
{
	uint64_t half[2];

	memcpy(half, from, sizeof(half));
	if (!IN6_IS_ADDR_V4MAPPED(from))
		half[1] = 1;
	return mix(mix(half[0] ^ t->seed[0]) ^ half[1] ^ t->seed[1]) | 1;
}

static uint64_t
of_person(const struct throttle *t, const struct uid *person)
{
	uint64_t x = t->seed[1];

	for (const char *p = person->s; *p != '\0'; p++)
		x = mix(x ^ (unsigned char)*p);
	return mix(x ^ t->seed[0]) | 1;
}

static struct place *
find(struct place *set, uint64_t id)
{
	struct place *oldest = set;

	for (int i = 0; i < WAYS; i++) {
		if (set[i].who == id)
			return &set[i];
		if (set[i].full < oldest->full)
			oldest = &set[i];
	}
	*oldest = (struct place){.who = id};
	return oldest;
}

/* What the bucket lacks for COST more, in ms; at most 0: go on. One that is
 * emptier than a bucket can be is of a clock that was set back. */
static int64_t
lacks(int64_t *full, int64_t cost, int64_t ms)
{
	if (*full < ms)
		*full = ms;
	if (*full > ms + THROTTLE_DEPTH)
		*full = ms + THROTTLE_DEPTH;
	return *full + cost - ms - THROTTLE_DEPTH;
}

static int
take(struct throttle *t, uint64_t id, int64_t cost, int64_t now)
{
	int64_t ms = now * 1000, over;
	struct place *p;

	pthread_mutex_lock(&t->lock);
	p = find(t->places[(id >> 1) % SETS], id);
	if ((over = lacks(&p->full, cost, ms)) <= 0)
		p->full += cost;
	pthread_mutex_unlock(&t->lock);
	return over <= 0 ? 0 : (int)((over + 999) / 1000);
}

int
throttle_wait(struct throttle *t, const struct uid *person,
    const struct in6_addr *from, int64_t now)
{
	if (person != NULL)
		return take(t, of_person(t, person), THROTTLE_PERSON, now);
	return take(t, of_address(t, from), THROTTLE_ADDRESS, now);
}

int
throttle_token(struct throttle *t, const struct uid *token, int64_t now)
{
	return take(t, of_person(t, token), THROTTLE_TOKEN, now);
}

static uint64_t
of_misses(const struct throttle *t, const struct in6_addr *from)
{
	return mix(of_address(t, from) ^ t->seed[1]) | 1;
}

int
throttle_guess(struct throttle *t, const struct in6_addr *from, int64_t now)
{
	uint64_t id = of_misses(t, from);
	int64_t ms = now * 1000, over, all;
	struct place *p;

	pthread_mutex_lock(&t->lock);
	p = find(t->places[(id >> 1) % SETS], id);
	over = lacks(&p->full, THROTTLE_MISS, ms);
	all = lacks(&t->misses, 1000 / THROTTLE_MISSES, ms);
	if (all > over)
		over = all;
	if (over <= 0) {
		p->full += THROTTLE_MISS;
		t->misses += 1000 / THROTTLE_MISSES;
	}
	pthread_mutex_unlock(&t->lock);
	return over <= 0 ? 0 : (int)((over + 999) / 1000);
}

void
throttle_right(struct throttle *t, const struct in6_addr *from)
{
	uint64_t id = of_misses(t, from);

	pthread_mutex_lock(&t->lock);
	find(t->places[(id >> 1) % SETS], id)->full -= THROTTLE_MISS;
	t->misses -= 1000 / THROTTLE_MISSES;
	pthread_mutex_unlock(&t->lock);
}
