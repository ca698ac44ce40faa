/* Finding the server that takes writes: all of them are asked at once, and each
 * at all its addresses, so that a machine that is gone costs nothing beside one
 * that answers. Names are looked up before, one after the other. */
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/db/pgsql.h"

enum {
	TRIES_MAX = 64,
	PART_MAX = 256,
	PATIENCE_MS = 3000, /* unless the url has a connect_timeout */
	/* for the others, once one has said no: it answers, so may they */
	GRACE_MS = 1000
};

struct
try {
	PGconn *c;
	PostgresPollingStatusType next; /* FAILED: it is over */
};

struct round {
	struct try of[TRIES_MAX];
	int n;
	int64_t until; /* monotonic milliseconds */
};

static void
round_own(struct round *r)
{
	for (int i = 0; i < r->n; i++)
		PQfinish(r->of[i].c);
}

void
pgsql_wish_for(struct pgsql_wish *w, const char *key, const char *value)
{
	if (w->n < PGSQL_WISHES - 1) {
		w->key[w->n] = key;
		w->value[w->n++] = value;
	}
}

int
pgsql_hosts(const char *list)
{
	int n = 1;

	for (; *list; list++)
		n += *list == ',';
	return n;
}

/* Number I of LIST; a single one (a port) stands for all. "" when there is none
 * or it is too long. */
static void
part(const char *list, int i, char out[static PART_MAX])
{
	size_t len;

	out[0] = '\0';
	if (list == NULL)
		return;
	for (; i > 0 && strchr(list, ','); i--)
		list = strchr(list, ',') + 1;
	len = strcspn(list, ",");
	(void)snprintf(
	    out, PART_MAX, "%.*s", len < PART_MAX ? (int)len : 0, list);
}

/* One server, as the url has it; HOSTADDR "": look HOST up. */
struct server {
	char host[PART_MAX], hostaddr[PART_MAX], port[PART_MAX];
};

static void
begin(struct round *r, const struct server *s, const struct pgsql_wish *all)
{
	struct pgsql_wish w = *all;
	struct try *t = &r->of[r->n];

	if (r->n == TRIES_MAX)
		return;
	if (s->host[0])
		pgsql_wish_for(&w, "host", s->host);
	if (s->hostaddr[0])
		pgsql_wish_for(&w, "hostaddr", s->hostaddr);
	if (s->port[0])
		pgsql_wish_for(&w, "port", s->port);
	t->c = PQconnectStartParams(w.key, w.value, 0);
	t->next = PQstatus(t->c) == CONNECTION_BAD ? PGRES_POLLING_FAILED
						   : PGRES_POLLING_WRITING;
	r->n++;
}

static void
addresses_own(struct addrinfo **a)
{
	if (*a != NULL)
		freeaddrinfo(*a);
}

/* libpq goes on to the next address of a name only when this one refuses, not
 * when it is silent: each is a try of its own. A name that is not found is
 * left to libpq, which says so. */
static void
begin_all(struct round *r, struct server *s, const struct pgsql_wish *w)
{
	const struct addrinfo hints = {
	    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	OWN(addresses) struct addrinfo *all = NULL;
	bool named = s->hostaddr[0] == '\0' && s->host[0] != '\0' &&
		     s->host[0] != '/' && s->host[0] != '@';

	if (!named || getaddrinfo(s->host, NULL, &hints, &all) != 0) {
		begin(r, s, w);
		return;
	}
	for (const struct addrinfo *a = all; a != NULL; a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, s->hostaddr,
			PART_MAX, NULL, 0, NI_NUMERICHOST) == 0)
			begin(r, s, w);
}

/* Those that are still under way; FDS has a place for each. */
static int
waiting(const struct round *r, struct pollfd fds[static TRIES_MAX])
{
	int n = 0;

	for (int i = 0; i < r->n; i++) {
		const struct try *t = &r->of[i];
		bool going = t->next != PGRES_POLLING_FAILED;

		fds[i] = (struct pollfd){.fd = going ? PQsocket(t->c) : -1,
		    .events =
			t->next == PGRES_POLLING_READING ? POLLIN : POLLOUT};
		n += going;
	}
	return n;
}

static int
timeout_ms(const struct pgsql_wish *w)
{
	long seconds = 0;

	for (int i = 0; i < w->n; i++)
		if (strcmp(w->key[i], "connect_timeout") == 0)
			seconds = strtol(w->value[i], NULL, 10);
	return seconds > 0 && seconds < 3600 ? (int)seconds * 1000
					     : PATIENCE_MS;
}

/* The first that takes writes; NULL when nobody does in time. */
static struct try *
winner(struct round *r)
{
	struct pollfd fds[TRIES_MAX];
	int64_t now;

	while (waiting(r, fds) > 0 && (now = clock_mono_ms()) < r->until) {
		(void)poll(fds, (nfds_t)r->n, (int)(r->until - now));
		for (int i = 0; i < r->n; i++) {
			struct try *t = &r->of[i];

			if (fds[i].fd < 0 || fds[i].revents == 0)
				continue;
			if ((t->next = PQconnectPoll(t->c)) == PGRES_POLLING_OK)
				return t;
			now = clock_mono_ms();
			if (t->next == PGRES_POLLING_FAILED &&
			    r->until > now + GRACE_MS)
				r->until = now + GRACE_MS;
		}
	}
	return NULL;
}

/* What those said that answered, in one line. */
static enum err
nobody(const struct round *r, char why[static DB_WHY])
{
	size_t used = 0;

	why[0] = '\0';
	for (int i = 0; i < r->n; i++) {
		const char *text = PQerrorMessage(r->of[i].c);
		int n = snprintf(why + used, DB_WHY - used, "%s%.*s",
		    used ? "; " : "", (int)strcspn(text, "\n"), text);

		if (r->of[i].next != PGRES_POLLING_FAILED || text[0] == '\0' ||
		    n < 0)
			why[used] = '\0';
		else if ((used += (size_t)n) >= DB_WHY - 1)
			break;
	}
	return why[0] ? ERR_STORE : db_say(why, ERR_STORE, "no server answers");
}

enum err
pgsql_dial(
    struct pgsql *pg, const struct pgsql_wish *w, char why[static DB_WHY])
{
	OWN(round) struct round r = {.n = 0};
	const char *names = pg->hostaddr ? pg->hostaddr : pg->host;
	int hosts = names ? pgsql_hosts(names) : 1;
	struct server s = {.host = ""};
	struct try *t;

	for (int i = 0; i < hosts; i++) {
		part(pg->host, i, s.host);
		part(pg->hostaddr, i, s.hostaddr);
		part(pg->port, i, s.port);
		begin_all(&r, &s, w);
	}
	r.until = clock_mono_ms() + timeout_ms(w);
	if ((t = winner(&r)) == NULL)
		return nobody(&r, why);
	PQfinish(pg->c);
	pg->c = t->c;
	t->c = NULL;
	return ERR_OK;
}

static void
options_own(PQconninfoOption **o)
{
	PQconninfoFree(*o);
}

enum err
pgsql_redial(struct pgsql *pg, char why[static DB_WHY])
{
	OWN(options) PQconninfoOption *now = PQconninfo(pg->c);
	struct pgsql_wish w = {.n = 0};

	if (now == NULL)
		return db_say(why, ERR_NO_MEMORY, "out of memory");
	for (const PQconninfoOption *i = now; i->keyword; i++)
		if (i->val && !pgsql_names_server(i->keyword))
			pgsql_wish_for(&w, i->keyword, i->val);
	return pgsql_dial(pg, &w, why);
}
