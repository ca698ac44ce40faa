#include "core/service/courier.h"

#include <stdio.h>
#include <string.h>

#include "core/service/act.h"
#include "core/service/envelope.h"

/* as many as can all be late within OUTBOX_HOLD */
enum { BATCH = 2, ANSWER = MAIL_WHY };

struct fate {
	enum outbox_outcome outcome;
	int cause;
	char answer[ANSWER];
};

static struct fate
never(const char *why)
{
	struct fate f = {.outcome = OUTBOX_NEVER};

	(void)snprintf(f.answer, sizeof(f.answer), "%s", why);
	return f;
}

/* Refused for good is the end of a letter; all else may pass. */
static struct fate
mail(struct call *c, const struct courier *k, const struct outbox_job *j)
{
	struct fate f = {.outcome = OUTBOX_ARRIVED};
	struct mail m;
	enum err e;

	if (envelope_open(j->payload, j->len, c->arena, &m))
		return never("its content cannot be read");
	e = post_send(k->post, &m, f.answer);
	if (e == ERR_BAD_INPUT || e == ERR_FORBIDDEN)
		f.outcome = OUTBOX_NEVER;
	else if (e != ERR_OK)
		f.outcome = OUTBOX_LATER;
	else
		(void)snprintf(f.answer, sizeof(f.answer), "taken");
	return f;
}

static struct fate
carry(struct call *c, const struct courier *k, const struct outbox_job *j)
{
	if (j->item.useless && j->item.useless <= c->now)
		return never("it came too late to be of use");
	switch (j->item.kind) {
	case OUTBOX_MAIL:
		return mail(c, k, j);
	case OUTBOX_SMS:
	case OUTBOX_WEBHOOK:
		break;
	}
	return never("nobody carries these");
}

enum err
courier_round(struct call *c, const struct courier *k, enum outbox_lanes which,
    int64_t (*clock)(void), size_t *done)
{
	struct outbox_job *j;
	size_t n;
	enum err e;

	*done = 0;
	if (k->post == NULL && which == OUTBOX_LETTERS)
		return ERR_OK;
	if ((e = outbox_claim(c, which, BATCH, &j, &n)))
		return e;
	for (size_t i = 0; i < n; i++) {
		struct fate f = carry(c, k, &j[i]);

		if (clock)
			c->now = clock();
		if ((e = outbox_result(
			 c, &j[i].item, f.outcome, f.cause, f.answer)))
			return e;
		++*done;
	}
	return ERR_OK;
}
