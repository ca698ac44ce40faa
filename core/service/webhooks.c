#include "core/service/webhooks.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/rnd.h"
#include "core/base/text.h"
#include "core/net/url.h"
#include "core/service/act.h"
#include "core/service/events.h"
#include "core/service/sealed.h"

/* --- what one is --- */

/* http only for this machine, where the configuration must allow it, too. */
static bool
url_ok(const char *text)
{
	struct url u;

	if (!url_parse(text, &u))
		return false;
	return u.tls || strcmp(u.host, "localhost") == 0 ||
	       strncmp(u.host, "127.", 4) == 0 || strcmp(u.host, "::1") == 0;
}

static enum err
check(struct call *c, struct webhook *h)
{
	enum err e;

	if ((e = act_name(c, h->name, "name", false)))
		return e;
	if (!url_ok(h->url))
		return why_set(&c->why, ERR_BAD_INPUT, "url",
		    "Give an address like https://machine.example.org/path.");
	if (h->events[0] == '\0')
		text_copy(h->events, sizeof(h->events), "*");
	if (!events_ok(h->events))
		return why_set(&c->why, ERR_BAD_INPUT, "events",
		    "Give events with commas between: * for all, key.* for "
		    "all of passwords, person.state for one.");
	return ERR_OK;
}

static void
make_secret(uint8_t raw[static WEBHOOKS_SECRET], struct secret *text)
{
	char url[TEXT_B64_LEN(WEBHOOKS_SECRET) + 1];

	rnd_bytes(raw, WEBHOOKS_SECRET);
	text_to_b64url(raw, WEBHOOKS_SECRET, url);
	for (char *p = url; *p; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	text->len = (size_t)snprintf(
	    (char *)text->b, sizeof(text->b), WEBHOOKS_PREFIX "%s=", url);
	secret_wipe(url, sizeof(url));
}

static enum err
record(struct call *c, const char *act, const struct webhook *h)
{
	OWN(buf) struct buf d = DETAIL;

	detail_text(&d, "name", h->name);
	detail_text(&d, "url", h->url);
	detail_text(&d, "events", h->events);
	detail_text(&d, "state", webhook_state_text(h->state));
	return act_record(c, act, NOUN_WEBHOOK, &h->id, &d);
}

static enum err
twice(struct call *c, enum err e)
{
	return e == ERR_EXISTS ? why_set(&c->why, e, "name",
				     "There is a webhook of this name already.")
			       : e;
}

static enum err
insert(struct call *c, const struct webhook *h, const uint8_t *raw)
{
	uint8_t sealed[SEAL_LEN(WEBHOOKS_SECRET)];
	struct webhook *all;
	struct row_args a;
	size_t n;
	enum err e;

	if ((e = row_list(c->store, &webhook_rows, SQL_WEBHOOK_ALL, DB_NO_ARGS,
		 c->arena, &all, &n)))
		return e;
	if (n >= WEBHOOKS_MOST)
		return why_set(&c->why, ERR_LIMIT, "",
		    "There may be %d webhooks. Remove one first.",
		    WEBHOOKS_MOST);
	if ((e = seal(c->ring, &SEALED_WEBHOOK(h->id.s), raw, WEBHOOKS_SECRET,
		 sealed)))
		return e;
	row_args(&webhook_rows, h, &a);
	row_args_add(&a, DB_BLOB(sealed, sizeof(sealed)));
	return store_run(c->store, SQL_WEBHOOK_ADD, a.v, NULL);
}

enum err
webhooks_add(struct call *c, struct webhook *h, struct secret *text)
{
	OWN(tx) struct tx tx = TX_NONE;
	uint8_t raw[WEBHOOKS_SECRET];
	enum err e;

	*text = SECRET_NONE;
	if ((e = act_need(c, ACT_ADMIN)) || (e = check(c, h)))
		return e;
	h->id = uid_new();
	h->created = c->now;
	h->version = 1;
	h->reason[0] = '\0';
	text_copy(h->made_by, sizeof(h->made_by), c->actor.name);
	make_secret(raw, text);
	if ((e = act_begin(c, &tx)) || (e = insert(c, h, raw)) ||
	    (e = record(c, "webhook.add", h)) || (e = act_end(c, &tx)))
		secret_own(text);
	secret_wipe(raw, sizeof(raw));
	return twice(c, e);
}

enum err
webhooks_set(struct call *c, struct webhook *h)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = check(c, h)))
		return e;
	if (h->state == WEBHOOK_ACTIVE)
		h->reason[0] = '\0';
	if ((e = act_begin(c, &tx)) ||
	    (e = row_set(c->store, &webhook_rows, h, &h->version)) ||
	    (e = record(c, "webhook.set", h)))
		return twice(c, e);
	return act_end(c, &tx);
}

enum err
webhooks_list(struct call *c, struct webhook **out, size_t *n)
{
	enum err e = act_need(c, ACT_ADMIN);

	*out = NULL;
	*n = 0;
	return e ? e
		 : row_list(c->store, &webhook_rows, SQL_WEBHOOK_ALL,
		       DB_NO_ARGS, c->arena, out, n);
}

enum err
webhooks_get(struct call *c, const struct uid *id, struct webhook *out)
{
	enum err e = act_need(c, ACT_ADMIN);

	return e ? e : row_get(c->store, &webhook_rows, id, out);
}

enum err
webhooks_find(struct call *c, const char *text, struct webhook *out)
{
	struct uid id;
	enum err e = act_need(c, ACT_ADMIN);

	if (e)
		return e;
	if (uid_parse(text, &id))
		return row_get(c->store, &webhook_rows, &id, out);
	return row_one(c->store, &webhook_rows, SQL_WEBHOOK_CALLED,
	    DB_ARGS(DB_TEXT(text)), out);
}

enum err
webhooks_remove(struct call *c, const struct uid *id)
{
	OWN(tx) struct tx tx = TX_NONE;
	struct webhook h;
	enum err e;

	if ((e = act_need(c, ACT_ADMIN)) || (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &webhook_rows, id, &h)) ||
	    (e = row_remove(c->store, &webhook_rows, id)) ||
	    (e = store_run(c->store, SQL_OUTBOX_DROP_HOOK,
		 DB_ARGS(DB_TEXT(id->s)), NULL)) ||
	    (e = record(c, "webhook.remove", &h)))
		return e;
	return act_end(c, &tx);
}

enum err
webhooks_secret(struct call *c, const struct uid *id, struct secret *text)
{
	OWN(tx) struct tx tx = TX_NONE;
	uint8_t raw[WEBHOOKS_SECRET], sealed[SEAL_LEN(WEBHOOKS_SECRET)];
	struct webhook h;
	enum err e;

	*text = SECRET_NONE;
	make_secret(raw, text);
	if ((e = act_need(c, ACT_ADMIN)) || (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &webhook_rows, id, &h)) ||
	    (e = seal(c->ring, &SEALED_WEBHOOK(id->s), raw, WEBHOOKS_SECRET,
		 sealed)) ||
	    (e = store_run(c->store, SQL_WEBHOOK_SECRET_SET,
		 DB_ARGS(DB_TEXT(id->s), DB_BLOB(sealed, sizeof(sealed))),
		 NULL)) ||
	    (e = record(c, "webhook.secret", &h)) || (e = act_end(c, &tx)))
		secret_own(text);
	secret_wipe(raw, sizeof(raw));
	return e;
}

enum err
webhooks_test(struct call *c, const struct uid *id)
{
	static const char text[] =
	    "{\"type\":\"webhook.test\",\"timestamp\":\"%s\",\"data\":{}}";
	char body[160], when[CLOCK_TEXT];
	struct outbox_order o = {.kind = OUTBOX_WEBHOOK,
	    .about = "webhook.test",
	    .hook = id,
	    .urgent = true,
	    .payload = body};
	struct webhook h;
	struct uid item;
	enum err e;

	if ((e = webhooks_get(c, id, &h)))
		return e;
	if (h.state != WEBHOOK_ACTIVE)
		return why_set(
		    &c->why, ERR_BAD_STATE, "", "This webhook is paused.");
	clock_text(c->now, when);
	o.target = h.name;
	o.len = (size_t)snprintf(body, sizeof(body), text, when);
	return outbox_put(c, &o, &item);
}
