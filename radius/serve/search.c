#include "radius/serve/search.h"

#include <stdlib.h>
#include <time.h>

#include "core/base/clock.h"
#include "radius/serve/confine.h"

enum { THREADS_MAX = 64 };

struct search {
	struct state *st;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct job *first, **last;
	size_t queued;
	bool stop;
	/* The times at which all that was spent is paid back: by whole
	 * searches, and by those of the likely keys. */
	_Atomic int64_t paid[2];
	pthread_t thread[THREADS_MAX];
	int threads;
};

static int64_t
cpu_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
spend(struct search *s, bool likely, int64_t ns)
{
	int64_t now = clock_mono(), was = atomic_load(&s->paid[likely]), next;

	ns = ns * 100 / (likely ? SEARCH_PERCENT_LIKELY : SEARCH_PERCENT);
	do
		next = (was > now ? was : now) + ns;
	while (!atomic_compare_exchange_weak(&s->paid[likely], &was, next));
}

bool
search_affordable(const struct search *s, bool likely, int64_t now)
{
	int64_t paid =
	    atomic_load_explicit(&s->paid[likely], memory_order_relaxed);

	return paid - now < (int64_t)SEARCH_BURST_MS * 1000000;
}

/* The key in SHELF that made the handshake, or NULL. */
static struct known_key *
on_shelf(const struct shelf *shelf, const struct handshake *h, size_t most)
{
	const struct key_data *d;
	struct known_key *key;
	size_t n;
	uint32_t slot;

	if (shelf == NULL)
		return NULL;
	n = shelf->n < most ? shelf->n : most;
	slot = match_search(shelf->index, h, 0, n, NULL);
	if (slot == MATCH_NO_KEY)
		return NULL;
	key = shelf->key[slot];
	d = known_key_data(key);
	/* its passphrase may be another since */
	return d != NULL && match_verify(h, d->pmk) ? key : NULL;
}

static bool
longer(const struct shelf *shelf, size_t most)
{
	return shelf != NULL && shelf->n > most;
}

static void
look(struct search *s, struct job *job)
{
	struct known *k = state_known(s->st);
	const struct known_network *n =
	    known_network(k, job->ask.ssid, job->ask.ssid_len);
	const struct ask *ask = &job->ask;
	struct known_key *key;
	struct handshake h;
	size_t most;

	job->found = job->partial = false;
	if (n == NULL || handshake_read(ask->akm, ask->bssid.b, ask->station.b,
			     n->network.ssid, n->ssid_len, ask->anonce,
			     ask->eapol, ask->eapol_len, &h) != HANDSHAKE_FINE)
		return;
	most = job->likely_only ? SEARCH_LIKELY : SIZE_MAX;
	job->partial = longer(n->fresh, most) || longer(n->base, most);
	key = on_shelf(n->fresh, &h, most);
	if (key == NULL)
		key = on_shelf(n->base, &h, most);
	if (key == NULL)
		return;
	job->found = true;
	job->key = key->id;
}

static struct job *
next(struct search *s)
{
	struct job *job;

	(void)pthread_mutex_lock(&s->lock);
	while (s->first == NULL && !s->stop)
		(void)pthread_cond_wait(&s->more, &s->lock);
	if ((job = s->first) != NULL) {
		s->first = job->next;
		s->queued--;
		if (s->first == NULL)
			s->last = &s->first;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return job;
}

/* Until the process is confined; whoever asks waits for that, too, unless there
 * is no process but a test. */
static void
begin(struct search *s, bool *confined)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	bool idle = true;

	while (idle && !atomic_load(&s->st->confined) &&
	       !atomic_load(&s->st->stop)) {
		(void)nanosleep(&moment, NULL);
		(void)pthread_mutex_lock(&s->lock);
		idle = s->first == NULL && !s->stop;
		(void)pthread_mutex_unlock(&s->lock);
	}
	confine_self(s->st, confined, CONFINE_SEARCH);
}

static void *
work(void *arg)
{
	struct search *s = arg;
	struct epoch_reader *r = epoch_join(s->st->epoch);
	bool confined = false;
	struct job *job;

	begin(s, &confined);
	while (r != NULL && (job = next(s)) != NULL) {
		int64_t from = cpu_now();

		epoch_enter(r);
		look(s, job);
		epoch_leave(r);
		job->spent = cpu_now() - from;
		spend(s, job->likely_only, job->spent);
		job_done(job);
	}
	return NULL;
}

struct search *
search_start(struct state *st, int threads)
{
	struct search *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->st = st;
	s->last = &s->first;
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_cond_init(&s->more, NULL);
	while (s->threads < threads && s->threads < THREADS_MAX) {
		if (pthread_create(&s->thread[s->threads], NULL, work, s) != 0)
			break;
		s->threads++;
	}
	if (s->threads > 0)
		return s;
	free(s);
	return NULL;
}

void
search_stop(struct search *s)
{
	if (s == NULL)
		return;
	(void)pthread_mutex_lock(&s->lock);
	s->stop = true;
	(void)pthread_cond_broadcast(&s->more);
	(void)pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < s->threads; i++)
		(void)pthread_join(s->thread[i], NULL);
	free(s);
}

bool
search_queue(struct search *s, struct job *job)
{
	bool room;

	(void)pthread_mutex_lock(&s->lock);
	if ((room = s->queued < SEARCH_QUEUE_MAX && !s->stop)) {
		job->next = NULL;
		*s->last = job;
		s->last = &job->next;
		s->queued++;
		(void)pthread_cond_signal(&s->more);
	}
	(void)pthread_mutex_unlock(&s->lock);
	return room;
}
