/* Machines that are told what happens, and what was told. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/webhooks.h"
#include "portal/api/api.h"
#include "portal/api/body.h"

static enum err
answer(struct api *a, const struct uid *id, int64_t version,
    const struct secret *text)
{
	struct api_body b = {.id = *id};

	api_done(a, id, version);
	text_copy(b.secret, sizeof(b.secret), secret_text(text));
	a->out = api_object(shape_find("webhook_secret")->fields, &b);
	secret_wipe(&b, sizeof(b));
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_webhook_add(struct api *a)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct webhook h = {.state = WEBHOOK_ACTIVE};
	enum err e;

	if ((e = api_read(a, webhook_fields, &h, true)) ||
	    (e = webhooks_add(a->c, &h, &text)))
		return e;
	return answer(a, &h.id, h.version, &text);
}

enum err
api_webhook_secret_(struct api *a)
{
	OWN(secret) struct secret text = SECRET_NONE;
	enum err e = webhooks_secret(a->c, &a->id, &text);

	return e ? e : answer(a, &a->id, 0, &text);
}

enum err
api_webhook_test(struct api *a)
{
	return webhooks_test(a->c, &a->id);
}

enum err
api_webhook_log(struct api *a)
{
	const char *state = form_text(&a->p->query, "state");
	struct outbox_item *list = NULL;
	enum outbox_state s;
	struct webhook h;
	size_t n = 0;
	enum err e;

	if (*state && !outbox_state_parse(state, &s))
		return why_set(&a->c->why, ERR_BAD_INPUT, "state",
		    "state: waiting, done or dead");
	if ((e = webhooks_get(a->c, &a->id, &h)) ||
	    (e = outbox_of_hook(
		 a->c, &a->id, state, OUTBOX_LIST_MAX, &list, &n)))
		return e;
	return api_list(a, outbox_fields, list, n, sizeof(*list), true);
}

enum err
api_webhook_replay(struct api *a)
{
	struct outbox_item it;
	enum err e;

	if ((e = outbox_get(a->c, &a->second, &it)))
		return e;
	if (!uid_same(&it.hook, &a->id))
		return ERR_NOT_FOUND;
	return outbox_retry(a->c, &it.id);
}
