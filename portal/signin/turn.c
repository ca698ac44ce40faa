#include "portal/signin/turn.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

enum { NS_PER_MS = 1000000, DETAIL_MAX = 200 };

enum err
turn_start(struct turn *t, struct signin *s, const char *slug, int64_t now,
    struct arena *a, struct signin_why *why)
{
	*t = (struct turn){.s = s,
	    .now = now,
	    .until = (why->since ? why->since : clock_mono()) +
		     (int64_t)TURN_MS * NS_PER_MS,
	    .a = a,
	    .why = why};
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->providers[i].conf->slug, slug) == 0)
			t->p = &s->providers[i];
	return t->p == NULL ? ERR_NOT_FOUND : ERR_OK;
}

enum err
turn_refuse(struct signin_why *why, enum err e, const char *reason,
    const char *fmt, ...)
{
	va_list ap;

	text_copy(why->reason, sizeof(why->reason), reason);
	va_start(ap, fmt);
	(void)vsnprintf(why->detail, sizeof(why->detail), fmt, ap);
	va_end(ap);
	why->detail[DETAIL_MAX] = '\0';
	for (char *p = why->detail; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return e;
}

/* False while the provider rests. After that one call at a time may look
 * whether it is back. */
static bool
awake(struct turn *t)
{
	struct provider *p = t->p;
	bool yes = true;

	pthread_mutex_lock(&p->lock);
	if (p->failures >= TURN_FAILURES) {
		yes = t->now >= p->rest_until ||
		      p->rest_until > t->now + TURN_REST;
		if (yes)
			p->rest_until = t->now + TURN_REST;
	}
	pthread_mutex_unlock(&p->lock);
	return yes;
}

static void
answered(struct turn *t, bool yes)
{
	struct provider *p = t->p;

	pthread_mutex_lock(&p->lock);
	p->failures = yes ? 0 : p->failures + 1;
	if (p->failures >= TURN_FAILURES)
		p->rest_until = t->now + TURN_REST;
	pthread_mutex_unlock(&p->lock);
}

static enum err
verdict(struct turn *t, const char *what, enum err e, struct fetch_reply *r)
{
	const char *trouble = r->trouble == NULL ? err_name(e) : r->trouble;

	switch (e) {
	case ERR_OK:
		answered(t, r->status < 500);
		return r->status < 500
			   ? ERR_OK
			   : turn_refuse(t->why, ERR_PROVIDER_DOWN, "down",
				 "%s: status %d", what, r->status);
	case ERR_IO:
		answered(t, false);
		return turn_refuse(
		    t->why, ERR_PROVIDER_DOWN, "down", "%s: %s", what, trouble);
	case ERR_NO_MEMORY:
		return e;
	default: /* an address or size of its choice: it is there, but lies */
		answered(t, true);
		return turn_refuse(
		    t->why, ERR_PROVIDER, "fetch", "%s: %s", what, trouble);
	}
}

enum err
turn_ask(struct turn *t, const char *what, const struct fetch_call *call,
    struct fetch_reply *out)
{
	const struct conf_provider *c = t->p->conf;
	int64_t left = (t->until - clock_mono()) / NS_PER_MS;
	struct fetch_policy policy = {
	    .ca_file = c->ca_file[0] == '\0' ? NULL : c->ca_file,
	    .loopback = c->allow_loopback,
	    .private = true,
	    .deadline_ms = c->timeout * 1000 < left ? c->timeout * 1000 : left,
	};

	if (left <= 0)
		return turn_refuse(
		    t->why, ERR_PROVIDER_DOWN, "down", "%s: late", what);
	if (!awake(t))
		return turn_refuse(t->why, ERR_PROVIDER_DOWN, "down",
		    "%s: left alone after failures", what);
	return verdict(t, what, fetch(call, &policy, out), out);
}
