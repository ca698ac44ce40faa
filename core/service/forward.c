#include "core/service/forward.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/net/syslog.h"
#include "core/service/act.h"
#include "core/service/audit.h"
#include "core/service/turn.h"

enum {
	PRIORITY = 13 * 8 + 5, /* log audit, notice */
	OCTETS_MAX = FORWARD_BATCH * SYSLOG_LINE_MAX,
};
/* 32473 is the number for those who have none (RFC 5612) */
#define SD "latchkey@32473"

struct forward {
	const struct conf_syslog *conf;
	char host[256];
	struct syslog_line *line;
	int64_t not_before, head_at;
	bool broken; /* said once */
};

enum err
forward_open(
    const struct conf *conf, struct forward **out, char why[static CONF_WHY])
{
	const struct conf_syslog *s = &conf->syslog;
	struct forward *f;

	*out = NULL;
	if (s->url[0] == '\0')
		return ERR_OK;
	if (syslog_url_ok(s->url)) {
		(void)snprintf(why, CONF_WHY,
		    "syslog.url: expected tls://HOST:PORT or tcp://HOST:PORT");
		return ERR_CONFIG;
	}
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return ERR_NO_MEMORY;
	f->conf = s;
	text_copy(f->host, sizeof(f->host), s->host);
	if (f->host[0] == '\0')
		(void)gethostname(f->host, sizeof(f->host) - 1);
	*out = f;
	return ERR_OK;
}

void
forward_close(struct forward *f)
{
	if (f == NULL)
		return;
	syslog_close(f->line);
	free(f);
}

/* --- what is said --- */

struct batch {
	const struct forward *f;
	struct buf out;
	int64_t last;
	size_t n;
};

static void
batch_own(struct batch *b)
{
	buf_own(&b->out);
}

static enum err
add_row(void *ctx, const struct audit_line *l)
{
	OWN(buf) struct buf json = BUF(AUDIT_JSON_MAX);
	struct batch *b = ctx;
	char seq[24];
	const struct syslog_pair pairs[] = {{"seq", seq}, {"actor", l->actor},
	    {"act", l->act}, {"noun", l->noun}, {"id", l->id},
	    {"hash", l->hash}, {NULL, NULL}};
	enum err e;

	(void)snprintf(seq, sizeof(seq), "%lld", (long long)l->seq);
	if ((e = audit_line_json(l, &json)) ||
	    (e = syslog_frame(&(struct syslog_message){.priority = PRIORITY,
				  .at = l->at,
				  .host = b->f->host,
				  .app = "latchkey",
				  .id = l->act,
				  .sd = SD,
				  .pairs = pairs,
				  .text = buf_str(&json)},
		 &b->out)))
		return e;
	b->last = l->seq;
	b->n++;
	return ERR_OK;
}

static enum err
add_head(struct batch *b, int64_t at, int64_t head, const char *hash)
{
	char seq[24], text[160];
	const struct syslog_pair pairs[] = {
	    {"seq", seq}, {"head", hash}, {NULL, NULL}};

	(void)snprintf(seq, sizeof(seq), "%lld", (long long)head);
	(void)snprintf(text, sizeof(text), "{\"seq\":%lld,\"head\":\"%s\"}",
	    (long long)head, hash);
	return syslog_frame(&(struct syslog_message){.priority = PRIORITY,
				.at = at,
				.host = b->f->host,
				.app = "latchkey",
				.id = "audit.head",
				.sd = SD,
				.pairs = pairs,
				.text = text},
	    &b->out);
}

/* --- saying it --- */

static enum err
deliver(struct call *c, struct forward *f, const struct buf *out)
{
	const struct syslog_to to = {.url = f->conf->url,
	    .ca_file = f->conf->ca_file,
	    .certificate = f->conf->certificate,
	    .private_key = f->conf->private_key};
	char why[SYSLOG_WHY] = "it closed the connection";
	enum err e = ERR_OK;

	if (f->line == NULL)
		e = syslog_open(&to, &f->line, why);
	if (e == ERR_OK && (e = syslog_send(f->line, out->p, out->len))) {
		syslog_close(f->line);
		f->line = NULL;
	}
	if (e && !f->broken)
		LOG(WARN, "syslog.not-reached", LOG_S("why", why));
	if (!e && f->broken)
		LOG(INFO, "syslog.reached");
	f->broken = e != ERR_OK;
	f->not_before = e ? c->now + FORWARD_PAUSE : 0;
	return e;
}

/* Takes the turn; AT is how far it got. */
static enum err
take(struct call *c, int64_t *at, bool *mine)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = turn_take(c, "syslog", mine)) ||
	    (e = store_counter_get(c->store, "syslog", at)))
		return e;
	return act_end(c, &tx);
}

static enum err
advance(struct call *c, int64_t to)
{
	OWN(tx) struct tx tx = TX_NONE;
	bool mine;
	enum err e;

	if ((e = act_begin(c, &tx)) || (e = turn_take(c, "syslog", &mine)))
		return e;
	if (mine && (e = store_counter_set(c->store, "syslog", to)))
		return e;
	return act_end(c, &tx);
}

static enum err
tell(struct call *c, struct forward *f, struct batch *b, int64_t at,
    int64_t head, const char *hash)
{
	enum err e;

	if ((e = audit_after(c, at, FORWARD_BATCH, add_row, b)))
		return e;
	if ((b->n == 0 || b->last == head) &&
	    (e = add_head(b, c->now, head, hash)))
		return e;
	if ((e = deliver(c, f, &b->out)))
		return e;
	f->head_at = c->now;
	return b->n ? advance(c, b->last) : ERR_OK;
}

/* A store put back from a backup has fewer rows than were told. */
static enum err
begin_at(struct call *c, int64_t *at, int64_t head)
{
	if (*at <= head)
		return ERR_OK;
	*at = head;
	return advance(c, head);
}

/* After a failure, for a while; not until a clock that was set back is as far
 * again. */
static bool
rests(const struct call *c, const struct forward *f)
{
	return c->now < f->not_before &&
	       c->now >= f->not_before - FORWARD_PAUSE;
}

enum err
forward_round(struct call *c, struct forward *f, size_t *done)
{
	OWN(batch) struct batch b = {.f = f, .out = BUF(OCTETS_MAX)};
	int64_t at, head;
	char hash[65];
	bool mine;
	enum err e;

	*done = 0;
	if (f == NULL || rests(c, f))
		return ERR_OK;
	if ((e = store_counter_get(c->store, "syslog", &at)) ||
	    (e = audit_head(c, &head, hash)))
		return e;
	if (at == head && c->now < f->head_at + f->conf->head &&
	    c->now >= f->head_at)
		return ERR_OK;
	if ((e = take(c, &at, &mine)) || !mine)
		return e;
	if ((e = begin_at(c, &at, head)))
		return e;
	e = tell(c, f, &b, at, head, hash);
	*done = b.n;
	return e == ERR_IO ? ERR_OK : e;
}
