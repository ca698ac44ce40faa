#include "portal/web/measure.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/net/scrape.h"
#include "core/service/insight.h"

enum { STATUS_MIN = 100, STATUSES = 500, ARENA = 8 << 20 };

enum area { API, SCIM, ADMIN_, DESK_, GUEST, SIGNIN, STATIC, HEALTH, SELF };
enum { AREAS = SELF + 1 };

static const char *const names[AREAS] = {[API] = "api",
    [SCIM] = "scim",
    [ADMIN_] = "admin",
    [DESK_] = "desk",
    [GUEST] = "guest",
    [SIGNIN] = "signin",
    [STATIC] = "static",
    [HEALTH] = "health",
    [SELF] = "self"};

static const struct {
	const char *path;
	enum area area;
} below[] = {{"/api/", API}, {"/scim/", SCIM}, {"/admin", ADMIN_},
    {"/desk", DESK_}, {"/guest", GUEST}, {"/captive", GUEST},
    {"/signin", SIGNIN}, {"/static/", STATIC}, {"/healthz", HEALTH},
    {"/readyz", HEALTH}};

/* Upper bounds of the durations, in milliseconds. */
static const int bounds[] = {5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000};
enum { BOUNDS = sizeof(bounds) / sizeof(*bounds) };

struct tally {
	_Atomic uint64_t status[STATUSES];
	_Atomic uint64_t within[BOUNDS + 1], ns;
};

struct measure {
	int fd;
	int64_t started;
	struct tally tally[AREAS];
	/* of the thread that serves */
	struct app *app;
	struct worker *worker;
	struct arena *arena;
	struct insight_house house;
	int64_t counted; /* when */
	bool known;
};

struct measure *
measure_new(const struct conf *conf)
{
	const char *where = conf->portal.metrics_listen;
	struct measure *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->started = clock_now();
	m->fd = -1;
	if (*where && (m->fd = scrape_listen(where)) < 0)
		LOG(WARN, "portal.no-metrics", LOG_S("listen", where),
		    LOG_S("why", strerror(errno)));
	return m;
}

void
measure_free(struct measure *m)
{
	if (m == NULL)
		return;
	if (m->fd >= 0)
		(void)close(m->fd);
	free(m);
}

static enum area
area_of(const char *path)
{
	for (size_t i = 0; i < sizeof(below) / sizeof(*below); i++)
		if (strncmp(path, below[i].path, strlen(below[i].path)) == 0)
			return below[i].area;
	return SELF;
}

void
measure_request(struct measure *m, const char *path, int status, int64_t ns)
{
	struct tally *t;
	size_t k = 0;

	if (m == NULL || status < STATUS_MIN || status >= STATUS_MIN + STATUSES)
		return;
	t = &m->tally[area_of(path)];
	while (k < BOUNDS && ns > (int64_t)bounds[k] * 1000000)
		k++;
	atomic_fetch_add(&t->status[status - STATUS_MIN], 1);
	atomic_fetch_add(&t->within[k], 1);
	atomic_fetch_add(&t->ns, (uint64_t)ns);
}

/* --- as text --- */

static void
head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b,
	    "# HELP latchkey_portal_%s %s\n# TYPE latchkey_portal_%s %s\n",
	    name, help, name, type);
}

static void
gauge(struct buf *b, const char *name, const char *help, int64_t v)
{
	head(b, name, "gauge", help);
	buf_printf(b, "latchkey_portal_%s %lld\n", name, (long long)v);
}

static void
statuses(const struct measure *m, struct buf *b)
{
	head(b, "requests_total", "counter", "Requests answered.");
	for (size_t a = 0; a < AREAS; a++)
		for (int s = 0; s < STATUSES; s++) {
			uint64_t n = atomic_load(&m->tally[a].status[s]);

			if (n > 0)
				buf_printf(b,
				    "latchkey_portal_requests_total{area=\"%s\""
				    ",status=\"%d\"} %llu\n",
				    names[a], s + STATUS_MIN,
				    (unsigned long long)n);
		}
}

static void
durations_of(const struct tally *t, const char *name, struct buf *b)
{
	static const char fmt[] = "latchkey_portal_request_seconds_bucket"
				  "{area=\"%s\",le=\"%.9g\"} %llu\n";
	uint64_t sum = 0;

	for (size_t k = 0; k < BOUNDS; k++) {
		sum += atomic_load(&t->within[k]);
		buf_printf(
		    b, fmt, name, bounds[k] / 1000.0, (unsigned long long)sum);
	}
	sum += atomic_load(&t->within[BOUNDS]);
	buf_printf(b,
	    "latchkey_portal_request_seconds_bucket{area=\"%s\",le=\"+Inf\"} "
	    "%llu\nlatchkey_portal_request_seconds_sum{area=\"%s\"} %.6f\n"
	    "latchkey_portal_request_seconds_count{area=\"%s\"} %llu\n",
	    name, (unsigned long long)sum, name,
	    (double)atomic_load(&t->ns) / 1e9, name, (unsigned long long)sum);
}

/* How the store is, and what is in it; 0 when it does not answer. */
static void
look(struct measure *m)
{
	struct call c;
	int64_t now = clock_now();

	if (m->known && now - m->counted < MEASURE_HOUSE_S && now >= m->counted)
		return;
	m->known = false;
	if (m->worker == NULL && app_worker(m->app, &m->worker) != ERR_OK)
		return;
	arena_reset(m->arena);
	app_use(m->app, m->worker);
	c = call_system(m->worker->store, m->app->ring, m->arena, now);
	m->known = insight_house(&c, &m->house) == ERR_OK;
	app_done(m->app, m->worker);
	m->counted = now;
	if (m->known)
		return;
	app_worker_free(m->app, m->worker);
	m->worker = NULL;
}

static void
house(struct measure *m, struct buf *b)
{
	const struct insight_house *h = &m->house;

	look(m);
	gauge(b, "store_up", "1 when the store answers.", m->known);
	if (!m->known)
		return;
	gauge(
	    b, "keys_active", "Passwords that work.", (int64_t)h->keys_active);
	gauge(b, "keys_unused", "Passwords that nobody used in 30 days.",
	    (int64_t)h->unused);
	gauge(b, "keys_expiring", "Passwords that end within 7 days.",
	    (int64_t)h->expiring_week);
	gauge(b, "people_active", "People who are active.",
	    (int64_t)h->people_active);
	gauge(b, "devices_on_air", "Devices that are connected.",
	    (int64_t)h->on_air);
	gauge(b, "devices_seen", "Different devices seen in 7 days.",
	    (int64_t)h->devices_week);
	gauge(b, "disconnects_refused",
	    "Disconnects that access points refused or never answered.",
	    (int64_t)h->refused_disconnects);
}

static void
fill(void *arg, struct buf *b)
{
	struct measure *m = arg;

	head(b, "info", "gauge", "What runs.");
	buf_text(
	    b, "latchkey_portal_info{version=\"" LATCHKEY_VERSION "\"} 1\n");
	gauge(b, "start_time_seconds", "When it started, since 1970.",
	    m->started);
	statuses(m, b);
	head(b, "request_seconds", "histogram", "How long answers took.");
	for (size_t a = 0; a < AREAS; a++)
		durations_of(&m->tally[a], names[a], b);
	house(m, b);
}

void
measure_start(struct app *app)
{
	struct measure *m = app->measure;

	if (m == NULL || m->fd < 0)
		return;
	m->app = app;
	if ((m->arena = arena_new(ARENA)) == NULL ||
	    scrape_start(m->fd, NULL, fill, m) == NULL)
		LOG(WARN, "portal.no-metrics", LOG_S("why", "no memory"));
	m->fd = -1; /* the thread's, or closed */
}
