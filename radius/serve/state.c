#include "radius/serve/state.h"

#include <stdlib.h>

#include "core/base/clock.h"
#include "radius/serve/back.h"
#include "radius/serve/job.h"

struct state *
state_new(const struct conf *conf, const struct ring *ring)
{
	struct state *st = calloc(1, sizeof(*st));

	if (st == NULL)
		return NULL;
	st->conf = conf;
	st->ring = ring;
	st->started = clock_now();
	st->epoch = epoch_new();
	st->reasons = reasons_new();
	st->strangers = strangers_new();
	st->back = back_new();
	if (st->epoch != NULL && st->reasons != NULL && st->strangers != NULL &&
	    st->back != NULL)
		return st;
	state_free(st);
	return NULL;
}

void
state_free(struct state *st)
{
	for (size_t i = 0; i < st->ncounts; i++) {
		free(st->counts[i]);
		free(st->courses[i]);
		jobs_free(st->jobs[i]);
	}
	reasons_free(st->reasons);
	strangers_free(st->strangers);
	back_free(st->back);
	epoch_free(st->epoch); /* what was retired goes before what is known */
	known_free(st->known);
	free(st);
}
