#include "core/service/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/net/fetch.h"
#include "core/net/url.h"
#include "core/service/json.h"

enum { ANSWER_MAX = 65536 };

struct gate {
	const struct conf_sms *conf;
	struct secret secret;
};

enum err
gate_open(const struct conf *conf, struct gate **out, char why[static CONF_WHY])
{
	struct gate *g;
	struct url u;
	enum err e;

	*out = NULL;
	if (conf->sms.url[0] == '\0')
		return ERR_OK;
	if (!url_parse(conf->sms.url, &u)) {
		(void)snprintf(
		    why, CONF_WHY, "sms.url: expected https://HOST/PATH");
		return ERR_CONFIG;
	}
	if ((g = calloc(1, sizeof(*g))) == NULL)
		return ERR_NO_MEMORY;
	g->conf = &conf->sms;
	if (conf->sms.secret_file[0] != '\0' &&
	    (e = conf_secret(conf->sms.secret_file, &g->secret, why))) {
		gate_close(g);
		return e;
	}
	*out = g;
	return ERR_OK;
}

void
gate_close(struct gate *g)
{
	if (g == NULL)
		return;
	secret_own(&g->secret);
	free(g);
}

/* J, taken. */
static enum err
dump(json_t *j, struct buf *out)
{
	char *text;
	enum err e = json_line(j, 0, &text);

	if (e)
		return e;
	buf_text(out, text);
	secret_wipe(text, strlen(text)); /* a code, or a password */
	free(text);
	return out->err;
}

enum err
message_seal(const char *to, const char *text, struct buf *out)
{
	json_begin();
	return dump(json_pack("{s:s,s:s}", "to", to, "text", text), out);
}

/* "from=Wi-Fi": the name in NAME, what follows. */
static const char *
pair(const char *text, char name[static 64])
{
	size_t n = strcspn(text, "=");

	(void)snprintf(name, 64, "%.*s", (int)(n < 63 ? n : 63), text);
	return text[n] ? text + n + 1 : "";
}

enum err
message_body(
    const struct conf_sms *s, const char *to, const char *text, struct buf *out)
{
	char name[64];
	json_t *j;

	if (strcmp(s->form, "form") == 0) {
		url_field(out, s->to, to);
		url_field(out, s->text, text);
		for (size_t i = 0; i < s->more.n; i++) {
			const char *value = pair(s->more.v[i], name);

			url_field(out, name, value);
		}
		return out->err;
	}
	json_begin();
	j = json_pack("{s:s,s:s}", s->to, to, s->text, text);
	for (size_t i = 0; j && i < s->more.n; i++) {
		const char *value = pair(s->more.v[i], name);

		if (json_object_set_new(j, name, json_string(value)) != 0) {
			json_decref(j);
			j = NULL;
		}
	}
	return dump(j, out);
}

static struct outbox_fate
fate(enum outbox_outcome o, int status, const char *what)
{
	struct outbox_fate f = {.outcome = o, .cause = status};

	if (status)
		(void)snprintf(f.answer, sizeof(f.answer),
		    "the gateway answered %d", status);
	else
		(void)snprintf(f.answer, sizeof(f.answer), "%s", what);
	return f;
}

/* Refused for good is the end; a busy or missing gateway is not. */
static struct outbox_fate
verdict(enum err e, const struct fetch_reply *r)
{
	if (e == ERR_FORBIDDEN || e == ERR_BAD_INPUT)
		return fate(OUTBOX_NEVER, 0,
		    "the address of the gateway is not allowed");
	if (e != ERR_OK)
		return fate(
		    OUTBOX_LATER, 0, r->trouble ? r->trouble : "no answer");
	if (r->status >= 200 && r->status < 300)
		return fate(OUTBOX_ARRIVED, r->status, "");
	if (r->status >= 400 && r->status < 500 && r->status != 401 &&
	    r->status != 403 && r->status != 408 && r->status != 429)
		return fate(OUTBOX_NEVER, r->status, "");
	return fate(OUTBOX_LATER, r->status, "");
}

static enum err
post(const struct gate *g, const char *id, const struct buf *body,
    struct fetch_reply *r)
{
	const struct conf_sms *s = g->conf;
	bool login = s->user[0] != '\0', secret = g->secret.len > 0;
	char once[80];
	struct fetch_call call = {.url = s->url,
	    .headers = {once},
	    .user = login ? s->user : NULL,
	    .password = login ? secret_text(&g->secret) : NULL,
	    .bearer = !login && secret ? secret_text(&g->secret) : NULL,
	    .type = strcmp(s->form, "form") == 0
			? "application/x-www-form-urlencoded"
			: "application/json",
	    .body = buf_str(body),
	    .body_len = body->len};
	const struct fetch_policy policy = {
	    .ca_file = s->ca_file[0] ? s->ca_file : NULL,
	    .loopback = s->allow_loopback,
	    .private = s->allow_private,
	    .deadline_ms = 10000,
	    .body_max = ANSWER_MAX};

	(void)snprintf(once, sizeof(once), "Idempotency-Key: %s", id);
	return fetch(&call, &policy, r);
}

struct outbox_fate
message_send(const struct gate *g, const struct outbox_job *j)
{
	OWN(fetch_reply) struct fetch_reply r = {0};
	OWN(buf) struct buf body = BUF(16384);
	OWN(json) json_t *all = NULL;
	const char *to, *text;
	enum err e;

	if (g == NULL)
		return fate(OUTBOX_LATER, 0, "there is no gateway");
	e = json_read((const char *)j->payload, j->len, 0, ERR_CORRUPT, &all);
	to = json_string_value(json_object_get(all, "to"));
	text = json_string_value(json_object_get(all, "text"));
	if (e == ERR_OK)
		e = to && text ? message_body(g->conf, to, text, &body)
			       : ERR_CORRUPT;
	if (e == ERR_NO_MEMORY)
		return fate(OUTBOX_LATER, 0, err_words(e));
	if (e)
		return fate(OUTBOX_NEVER, 0, "its content cannot be read");
	e = post(g, j->item.id.s, &body, &r);
	return verdict(e, &r);
}
