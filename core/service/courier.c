#include "core/service/courier.h"

#include <stdio.h>
#include <string.h>

#include "core/service/act.h"
#include "core/service/envelope.h"

/* as many as can all be late within OUTBOX_HOLD */
enum { BATCH = 2 };

static struct outbox_fate
fate(enum outbox_outcome o, const char *why)
{
	struct outbox_fate f = {.outcome = o};

	(void)snprintf(f.answer, sizeof(f.answer), "%s", why);
	return f;
}

/* Refused for good is the end of a letter; all else may pass. */
static struct outbox_fate
post(const struct courier *k, const struct mail *m)
{
	struct outbox_fate f = {.outcome = OUTBOX_ARRIVED, .answer = "taken"};
	char why[MAIL_WHY];
	enum err e = post_send(k->post, m, why);

	if (e == ERR_OK)
		return f;
	return fate(e == ERR_BAD_INPUT || e == ERR_FORBIDDEN ? OUTBOX_NEVER
							     : OUTBOX_LATER,
	    why[0] ? why : "there is no mail server");
}

static struct outbox_fate
mail(struct call *c, const struct courier *k, const struct outbox_job *j)
{
	struct mail m;
	enum err e = envelope_open(j->payload, j->len, c->arena, &m);

	if (e == ERR_CORRUPT)
		return fate(OUTBOX_NEVER, "its content cannot be read");
	return e ? fate(OUTBOX_LATER, err_words(e)) : post(k, &m);
}

static struct outbox_fate
notice(struct call *c, const struct courier *k, const struct outbox_job *j)
{
	struct notice *n = arena_get(c->arena, sizeof(*n));
	struct mail m = {0};
	struct outbox_fate f;
	enum err e;

	if (n == NULL)
		return fate(OUTBOX_LATER, "there is no memory for it");
	e = notices_read(c, j, n);
	if (e == ERR_NOT_FOUND)
		return fate(OUTBOX_ARRIVED, "nobody needs it any longer");
	if (e == ERR_CORRUPT)
		return fate(OUTBOX_NEVER, "its content cannot be read");
	if (k->post == NULL || k->write == NULL)
		return fate(OUTBOX_ARRIVED, "there is no mail server");
	if (e == ERR_OK && n->again) {
		f = fate(OUTBOX_LATER, "it is quiet there now");
		f.again = n->again;
		return f;
	}
	if (e || (e = k->write(k->writer, c, n, &m)))
		return fate(OUTBOX_LATER, err_words(e));
	m.id = j->item.id.s;
	return post(k, &m);
}

static struct outbox_fate
carry(struct call *c, const struct courier *k, const struct outbox_job *j)
{
	if (j->item.useless && j->item.useless <= c->now)
		return fate(OUTBOX_NEVER, "it came too late to be of use");
	switch (j->item.kind) {
	case OUTBOX_MAIL:
		return mail(c, k, j);
	case OUTBOX_NOTICE:
		return notice(c, k, j);
	case OUTBOX_WEBHOOK:
		return webhooks_tell(c, j, &k->hooks);
	case OUTBOX_SMS:
		return message_send(k->gate, j);
	}
	return fate(OUTBOX_NEVER, "nobody carries these");
}

enum err
courier_round(struct call *c, const struct courier *k, enum outbox_lanes which,
    int64_t (*clock)(void), size_t *done)
{
	struct outbox_job *j;
	size_t n;
	enum err e;

	*done = 0;
	if ((e = outbox_claim(c, which, BATCH, &j, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		struct outbox_fate f = carry(c, k, &j[i]);

		if (clock)
			c->now = clock();
		if ((e = outbox_result(c, &j[i].item, &f)))
			return e;
		++*done;
	}
	return ERR_OK;
}
