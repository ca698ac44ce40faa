/* One try at telling a webhook. */
#include <stdio.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/say.h"
#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/service/act.h"
#include "core/service/sealed.h"
#include "core/service/webhooks.h"

enum { WAIT_MAX = 86400, GONE = 410 };

enum err
webhooks_sign(const uint8_t *secret, size_t secret_len, const char *id,
    int64_t timestamp, const void *body, size_t len,
    char out[static WEBHOOKS_SIGNATURE])
{
	char head[160], b64[TEXT_B64_LEN(HASH_LEN) + 1];
	uint8_t mac[HASH_LEN];
	enum err e;

	(void)snprintf(
	    head, sizeof(head), "%s.%lld.", id, (long long)timestamp);
	if ((e = hash_hmac(secret, secret_len,
		 HASH_PARTS({head, strlen(head)}, {body, len}), mac)))
		return e;
	text_to_b64url(mac, sizeof(mac), b64);
	for (char *p = b64; *p; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	(void)snprintf(out, WEBHOOKS_SIGNATURE, "v1,%s=", b64);
	return ERR_OK;
}

static enum err
secret_of(struct call *c, const struct uid *hook, struct secret *out)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	const void *sealed;
	size_t n;
	enum err e;

	if ((e = db_one(c->store->db, SQL_WEBHOOK_SECRET,
		 DB_ARGS(DB_TEXT(hook->s)), &r)))
		return e;
	sealed = db_blob(&r, 0, &n);
	return seal_open_secret(
	    c->ring, &SEALED_WEBHOOK(hook->s), sealed, n, out);
}

struct
try {
	struct webhook hook;
	char id[64], line[3][200];
	struct fetch_call call;
};

static enum err
prepare(struct call *c, const struct outbox_job *j, struct try *t)
{
	OWN(secret) struct secret s = SECRET_NONE;
	char sign[WEBHOOKS_SIGNATURE];
	enum err e;

	(void)snprintf(t->id, sizeof(t->id), "msg_%s", j->item.id.s);
	if ((e = row_get(c->store, &webhook_rows, &j->item.hook, &t->hook)) ||
	    (e = secret_of(c, &j->item.hook, &s)) ||
	    (e = webhooks_sign(
		 s.b, s.len, t->id, c->now, j->payload, j->len, sign)))
		return e;
	(void)snprintf(t->line[0], sizeof(t->line[0]), "webhook-id: %s", t->id);
	(void)snprintf(t->line[1], sizeof(t->line[1]),
	    "webhook-timestamp: %lld", (long long)c->now);
	(void)snprintf(
	    t->line[2], sizeof(t->line[2]), "webhook-signature: %s", sign);
	t->call = (struct fetch_call){.url = t->hook.url,
	    .headers = {t->line[0], t->line[1], t->line[2]},
	    .type = "application/json",
	    .body = (const char *)j->payload,
	    .body_len = j->len};
	return ERR_OK;
}

/* It says that it is gone for good (RFC 9110 15.5.11): it is left alone. */
static void
pause_(struct call *c, struct webhook *h)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;

	h->state = WEBHOOK_PAUSED;
	text_copy(h->reason, sizeof(h->reason), SAY("It answered 410 Gone."));
	detail_text(&d, "name", h->name);
	detail_text(&d, "reason", h->reason);
	if (act_begin(c, &tx) ||
	    row_set(c->store, &webhook_rows, h, &h->version) ||
	    act_record(c, "webhook.pause", NOUN_WEBHOOK, &h->id, &d) ||
	    act_end(c, &tx))
		LOG(WARN, "webhook.not-paused", LOG_S("id", h->id.s));
}

static void
wait_asked(
    const struct call *c, const struct fetch_reply *r, struct outbox_fate *f)
{
	char text[24];
	int64_t seconds;

	if ((r->status == 429 || r->status == 503) &&
	    fetch_header(r, "retry-after", text, sizeof(text)) &&
	    text_int(text, 1, WAIT_MAX, &seconds))
		f->again = c->now + seconds;
}

static struct outbox_fate
answered(struct call *c, struct webhook *h, const struct fetch_reply *r)
{
	struct outbox_fate f = {.outcome = OUTBOX_LATER, .cause = r->status};

	if (r->status >= 200 && r->status < 300)
		f.outcome = OUTBOX_ARRIVED;
	else if (r->status == GONE)
		f.outcome = OUTBOX_NEVER;
	(void)snprintf(f.answer, sizeof(f.answer), "it answered %d%s",
	    r->status,
	    r->status >= 300 && r->status < 400
		? ", and redirects are not followed"
		: "");
	wait_asked(c, r, &f);
	if (r->status == GONE)
		pause_(c, h);
	return f;
}

static struct outbox_fate
failed(enum err e, const struct fetch_reply *r)
{
	struct outbox_fate f = {.outcome = OUTBOX_LATER};
	const char *why = "no answer";

	if (e == ERR_FORBIDDEN) {
		why = "its address is private, or of this machine, which the "
		      "configuration does not allow";
		f.outcome = OUTBOX_NEVER;
	} else if (e == ERR_BAD_INPUT) {
		why = "its address cannot be used; http is for this machine "
		      "only, and the configuration must allow it";
		f.outcome = OUTBOX_NEVER;
	} else if (e == ERR_TOO_BIG) {
		/* it has answered, at length */
		why = "its answer was too long to be read";
	}
	(void)snprintf(f.answer, sizeof(f.answer), "%s%s%s", why,
	    f.outcome == OUTBOX_LATER && r->trouble ? ": " : "",
	    f.outcome == OUTBOX_LATER && r->trouble ? r->trouble : "");
	return f;
}

struct outbox_fate
webhooks_tell(struct call *c, const struct outbox_job *j,
    const struct fetch_policy *policy)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	struct outbox_fate f = {.outcome = OUTBOX_NEVER};
	struct try *t = arena_get(c->arena, sizeof(*t));
	enum err e = t ? prepare(c, j, t) : ERR_NO_MEMORY;

	if (e == ERR_NO_MEMORY || e == ERR_BUSY || e == ERR_STORE)
		f.outcome = OUTBOX_LATER;
	if (e) {
		(void)snprintf(f.answer, sizeof(f.answer), "%s", err_words(e));
		return f;
	}
	if (t->hook.state != WEBHOOK_ACTIVE) /* since it was taken */
		return (struct outbox_fate){.outcome = OUTBOX_LATER,
		    .again = c->now,
		    .answer = "it is paused"};
	e = fetch(&t->call, policy, &r);
	return e ? failed(e, &r) : answered(c, &t->hook, &r);
}
