#include "radius/serve/control.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "radius/serve/confine.h"

enum { POLL_MS = 200, BACKLOG = 8 };

struct control {
	struct state *st;
	struct epoch_reader *reader;
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	pthread_t thread;
};

/* RFC 8259 7. */
static void
json_text(struct buf *b, const char *t)
{
	buf_char(b, '"');
	for (; *t != '\0'; t++) {
		unsigned char c = (unsigned char)*t;

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\u%04x", c);
		else
			buf_char(b, *t);
	}
	buf_char(b, '"');
}

static void
member(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, ",\"%s\":", name);
	json_text(b, value);
}

static void
reason_line(struct buf *b, const struct reason *r)
{
	char when[CLOCK_TEXT], mac[MAC_TEXT];

	clock_text(r->at, when);
	mac_text(&r->station, mac);
	buf_printf(b, "{\"time\":\"%s\"", when);
	member(b, "device", mac);
	member(b, "network", r->network);
	member(b, "ap", r->ap);
	member(b, "key", r->key.s);
	member(b, "verdict", verdict_word(r->verdict));
	member(b, "text", verdict_text(r->verdict));
	member(b, "detail", r->detail == NULL ? "" : r->detail);
	buf_text(b, "}\n");
}

static enum err
why(struct state *st, const char *mac, struct buf *out)
{
	struct reason *list;
	struct mac m;
	size_t n;

	if (*mac != '\0' && !mac_parse(mac, strlen(mac), &m, NULL))
		return ERR_BAD_INPUT;
	if ((list = calloc(REASONS_MAX, sizeof(*list))) == NULL)
		return ERR_NO_MEMORY;
	n = reasons_list(
	    st->reasons, *mac == '\0' ? NULL : &m, list, REASONS_MAX);
	for (size_t i = 0; i < n; i++)
		reason_line(out, &list[i]);
	free(list);
	return ERR_OK;
}

static void
status(struct state *st, struct buf *out)
{
	const struct known *k = state_known(st);
	struct known_counts c = known_counts(k);
	int64_t seen = atomic_load(&st->store_seen);

	buf_printf(out,
	    "{\"networks\":%zu,\"plans\":%zu,\"aps\":%zu,\"keys\":%zu,"
	    "\"slots\":%zu,\"devices\":%zu,\"position\":%lld,\"store_seen\":%"
	    "lld}\n",
	    c.networks, c.plans, c.aps, c.keys, c.slots, c.devices,
	    (long long)k->position,
	    (long long)(seen == 0 ? -1 : clock_now() - seen));
}

static void
gauge(struct buf *b, const char *name, const char *text, int64_t v)
{
	buf_printf(b,
	    "# HELP latchkey_radius_%s %s\n# TYPE latchkey_radius_%s gauge\n"
	    "latchkey_radius_%s %lld\n",
	    name, text, name, name, (long long)v);
}

static void
metrics(struct state *st, struct buf *out)
{
	const struct known *k = state_known(st);
	struct known_counts c = known_counts(k);

	count_text(out, st->counts, st->ncounts);
	gauge(out, "keys", "Keys known", (int64_t)c.keys);
	gauge(out, "key_slots", "Places in the indexes of keys",
	    (int64_t)c.slots);
	gauge(out, "devices", "Devices known", (int64_t)c.devices);
	gauge(out, "access_points", "Access points known", (int64_t)c.aps);
	gauge(out, "feed_position", "Position in the change feed", k->position);
	gauge(out, "store_log_bytes",
	    "Octets that wait in the log beside the store (SQLite)",
	    atomic_load(&st->store_log));
	gauge(out, "store_seen_seconds",
	    "When the store last answered, in seconds since 1970",
	    atomic_load(&st->store_seen));
}

/* The day so far, and which access points were heard. */
static void
course(struct state *st, struct buf *out)
{
	const struct known *k = state_known(st);
	int64_t seen = atomic_load(&st->store_seen), now = clock_now();
	const struct known_ap *a;
	const char *comma = "";
	size_t at = 0;

	buf_printf(out, "{\"started\":%lld,\"hours\":", (long long)st->started);
	course_text(out, st->courses, st->ncounts, now);
	buf_text(out, ",\"aps\":{");
	while ((a = table_next(&k->aps_by_id, &at)) != NULL) {
		if (a->did[AP_HEARD] == 0)
			continue;
		buf_printf(out, "%s\"%s\":%lld", comma, a->ap.id.s,
		    (long long)a->did[AP_HEARD]);
		comma = ",";
	}
	buf_printf(out, "},\"position\":%lld,\"store_seen\":%lld}\n",
	    (long long)k->position, (long long)(seen == 0 ? -1 : now - seen));
}

/* What one access point did, and who was heard that is none. */
static enum err
access_point(struct state *st, const char *word, struct buf *out)
{
	static const char *const deeds[AP_DEEDS] = {
	    [AP_HEARD] = "heard",
	    [AP_FORGED] = "forged",
	    [AP_UNSIGNED] = "unsigned",
	    [AP_STRANGE] = "strange",
	    [AP_ACCEPTED] = "accepted",
	    [AP_REFUSED] = "refused",
	    [AP_ACCOUNTED] = "accounted",
	};
	struct stranger s[STRANGERS_MAX];
	size_t n = strangers_list(st->strangers, s);
	const struct known_ap *a;
	struct uid id;

	if (!uid_parse(word, &id))
		return ERR_BAD_INPUT;
	a = known_ap_by_id(state_known(st), &id);
	buf_printf(out, "{\"known\":%s", a != NULL ? "true" : "false");
	for (int i = 0; a != NULL && i < AP_DEEDS; i++)
		buf_printf(out, ",\"%s\":%lld", deeds[i], (long long)a->did[i]);
	buf_text(out, ",\"strangers\":[");
	for (size_t i = 0; i < n; i++) {
		buf_text(out, i > 0 ? ",{\"address\":" : "{\"address\":");
		json_text(out, s[i].address);
		buf_printf(out, ",\"at\":%lld}", (long long)s[i].at);
	}
	buf_text(out, "]}\n");
	return ERR_OK;
}

enum err
control_answer(struct state *st, const char *line, struct buf *out)
{
	enum err e = ERR_OK;

	if (strcmp(line, "status") == 0)
		status(st, out);
	else if (strcmp(line, "course") == 0)
		course(st, out);
	else if (strcmp(line, "metrics") == 0)
		metrics(st, out);
	else if (strcmp(line, "why") == 0)
		e = why(st, "", out);
	else if (strncmp(line, "why ", 4) == 0)
		e = why(st, line + 4, out);
	else if (strncmp(line, "ap ", 3) == 0)
		e = access_point(st, line + 3, out);
	else
		e = ERR_BAD_INPUT;
	return e ? e : out->err;
}

/* A line, or as much as there is room for. */
static void
read_line(int fd, char line[static CONTROL_LINE_MAX])
{
	size_t n = 0;

	while (n < CONTROL_LINE_MAX - 1) {
		ssize_t got = recv(fd, line + n, CONTROL_LINE_MAX - 1 - n, 0);

		if (got <= 0)
			break;
		n += (size_t)got;
		if (memchr(line, '\n', n) != NULL)
			break;
	}
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
}

static void
send_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* it went away, or is too slow */
		p += n;
		len -= (size_t)n;
	}
}

static void
serve(struct control *c, int fd)
{
	const struct timeval t = {.tv_sec = CONTROL_PATIENCE_S};
	OWN(buf) struct buf out = BUF(CONTROL_ANSWER_MAX);
	char line[CONTROL_LINE_MAX];
	enum err e;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	read_line(fd, line);
	epoch_enter(c->reader);
	e = control_answer(c->st, line, &out);
	epoch_leave(c->reader);
	if (e) {
		buf_clear(&out);
		buf_printf(&out, "{\"error\":\"%s\"}\n", err_name(e));
	}
	send_all(fd, buf_str(&out), out.len);
}

static void *
work(void *arg)
{
	struct control *c = arg;
	bool confined = false;

	while (!atomic_load(&c->st->stop)) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};
		int fd;

		confine_self(c->st, &confined, CONFINE_QUESTIONS);
		if (poll(&p, 1, POLL_MS) <= 0)
			continue;
		if ((fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC)) < 0) {
			(void)poll(
			    NULL, 0, POLL_MS); /* none left: not at once */
			continue;
		}
		serve(c, fd);
		(void)close(fd);
	}
	return NULL;
}

/* `radius.sock` in the directory of the snapshot. */
static bool
path_of(struct control *c)
{
	const char *snapshot = c->st->conf->radius.snapshot;
	const char *slash = strrchr(snapshot, '/');
	int dir = slash == NULL ? 0 : (int)(slash - snapshot);
	int n = snprintf(
	    c->path, sizeof(c->path), "%.*s/radius.sock", dir, snapshot);

	return slash != NULL && n < (int)sizeof(c->path);
}

static bool
listen_at(struct control *c)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	if (!path_of(c))
		return false;
	memcpy(at.sun_path, c->path, sizeof(at.sun_path));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return false;
	(void)unlink(c->path);
	return bind(c->fd, (const void *)&at, sizeof(at)) == 0 &&
	       chmod(c->path, 0660) == 0 && listen(c->fd, BACKLOG) == 0;
}

struct control *
control_start(struct state *st)
{
	struct control *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->st = st;
	c->fd = -1;
	if ((c->reader = epoch_join(st->epoch)) != NULL && listen_at(c) &&
	    pthread_create(&c->thread, NULL, work, c) == 0)
		return c;
	LOG(WARN, "radius.no_control", LOG_S("file", c->path),
	    LOG_S("why", strerror(errno)));
	if (c->fd >= 0)
		(void)close(c->fd);
	free(c);
	return NULL;
}

void
control_stop(struct control *c)
{
	if (c == NULL)
		return;
	(void)pthread_join(c->thread, NULL);
	(void)close(c->fd);
	(void)unlink(c->path);
	free(c);
}
