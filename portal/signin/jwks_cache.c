/* Keys are kept, and asked for anew, but never often (O-10, O-15 to O-17). */
#include <string.h>

#include "portal/signin/jwks.h"
#include "portal/signin/strict.h"

#define NS_PER_S INT64_C(1000000000)

/* Seconds since WHEN; a clock that went back makes everything old. */
static int64_t
since(const struct turn *t, int64_t when)
{
	return t->now >= when ? t->now - when : INT64_MAX;
}

/* Decides, and if so notes, that this call asks. */
static bool
my_turn(struct turn *t)
{
	struct provider *p = t->p;
	bool yes;

	pthread_mutex_lock(&p->lock);
	yes = !p->asking && since(t, p->keys_tried) >= JWKS_PAUSE;
	if (yes) {
		p->keys_tried = t->now;
		p->asking = true;
	}
	pthread_mutex_unlock(&p->lock);
	return yes;
}

static void
asked(struct provider *p)
{
	pthread_mutex_lock(&p->lock);
	p->asking = false;
	pthread_cond_broadcast(&p->told);
	pthread_mutex_unlock(&p->lock);
}

/* Until nobody asks any more, or the time of this call is up. */
static void
wait_for_answer(struct turn *t)
{
	const struct timespec until = {.tv_sec = (time_t)(t->until / NS_PER_S),
	    .tv_nsec = (long)(t->until % NS_PER_S)};
	struct provider *p = t->p;

	pthread_mutex_lock(&p->lock);
	while (p->asking)
		if (pthread_cond_timedwait(&p->told, &p->lock, &until) != 0)
			break;
	pthread_mutex_unlock(&p->lock);
}

static enum err
ask(struct turn *t, const struct metadata *m)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	struct provider *p = t->p;
	json_t *fresh = NULL;
	enum err e;

	if ((e = turn_ask(t, "jwks", &(struct fetch_call){.url = m->jwks}, &r)))
		return e;
	if (r.status != 200)
		return turn_refuse(
		    t->why, ERR_PROVIDER, "jwks", "status %d", r.status);
	if ((e = jwks_parse(buf_str(&r.body), r.body.len, &fresh, t->why)))
		return e;
	pthread_mutex_lock(&p->lock);
	json_decref(p->keys);
	p->keys = fresh;
	p->keys_at = t->now;
	pthread_mutex_unlock(&p->lock);
	return ERR_OK;
}

/* A copy of the key, or NULL; *STALE when the set should be asked for anew. */
static json_t *
look(struct turn *t, const char *alg, const char *kid, bool *stale)
{
	struct provider *p = t->p;
	json_t *key = NULL;

	pthread_mutex_lock(&p->lock);
	*stale = p->keys == NULL || since(t, p->keys_at) >= JWKS_FRESH;
	if (p->keys != NULL && since(t, p->keys_at) < JWKS_LAST)
		key = json_deep_copy(jwks_choose(p->keys, alg, kid));
	pthread_mutex_unlock(&p->lock);
	return key;
}

enum err
jwks_key(struct turn *t, const struct metadata *m, const char *alg,
    const char *kid, json_t **out)
{
	enum err e = ERR_OK;
	bool stale;

	*out = look(t, alg, kid, &stale);
	if (*out != NULL && !stale)
		return ERR_OK;
	if (my_turn(t)) {
		e = ask(t, m);
		asked(t->p);
		json_decref(*out);
		*out = look(t, alg, kid, &stale);
	} else if (*out == NULL) {
		/* those who come together are answered together */
		wait_for_answer(t);
		*out = look(t, alg, kid, &stale);
	}
	if (*out != NULL)
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	return turn_refuse(t->why, ERR_PROVIDER, "kid", "no single key: %s, %s",
	    alg, kid == NULL ? "(no kid)" : kid);
}
