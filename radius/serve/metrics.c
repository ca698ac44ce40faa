#include "radius/serve/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/net/scrape.h"
#include "radius/serve/confine.h"
#include "radius/serve/control.h"

struct metrics {
	struct state *st;
	struct epoch_reader *reader;
	struct scrape *scrape;
	bool confined;
};

static void
turn(void *arg)
{
	struct metrics *m = arg;

	confine_self(m->st, &m->confined, CONFINE_QUESTIONS);
}

static void
fill(void *arg, struct buf *out)
{
	struct metrics *m = arg;
	enum err e;

	epoch_enter(m->reader);
	e = control_answer(m->st, "metrics", out);
	epoch_leave(m->reader);
	if (e && out->err == ERR_OK)
		out->err = e;
}

struct metrics *
metrics_start(struct state *st)
{
	const char *where = st->conf->radius.metrics_listen;
	struct metrics *m;
	int fd;

	if (where[0] == '\0' || (m = calloc(1, sizeof(*m))) == NULL)
		return NULL;
	m->st = st;
	if ((fd = scrape_listen(where)) >= 0 &&
	    (m->reader = epoch_join(st->epoch)) != NULL &&
	    (m->scrape = scrape_start(fd, turn, fill, m)) != NULL)
		return m;
	LOG(WARN, "radius.no_metrics", LOG_S("listen", where),
	    LOG_S("why", strerror(errno)));
	free(m);
	return NULL;
}

void
metrics_stop(struct metrics *m)
{
	if (m == NULL)
		return;
	scrape_stop(m->scrape);
	free(m);
}
