/* Stays and accounts, by numbers of the caller's own. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/owns.h"
#include "portal/api/api.h"
#include "portal/api/body.h"
#include "portal/api/keys.h"

static struct own
own(const struct api *a)
{
	return (struct own){
	    .realm = a->p->token.issuer, .number = a->p->rq->args[0]};
}

static enum err
body(struct api *a, const char *shape, struct api_body *b)
{
	*b = (struct api_body){0};
	return api_read(a, shape_find(shape)->fields, b, true);
}

static enum err
key(struct api *a, enum err e, const struct key_view *v)
{
	return e ? e : api_key_view(a, v);
}

enum err
api_stay_get(struct api *a)
{
	const struct own o = own(a);
	struct key_view v;
	enum err e = owns_stay(a->c, &o, &v);

	return key(a, e, &v);
}

enum err
api_stay_in(struct api *a)
{
	const struct own o = own(a);
	struct api_body b;
	struct key_view v;
	enum err e = body(a, "stay", &b);

	if (e)
		return e;
	e = owns_check_in(a->c, &o,
	    &(struct pass_order){.name = b.name,
		.room = b.room,
		.mail = b.mail,
		.language = b.language,
		.plan = b.plan,
		.arrival = b.arrival,
		.devices_max = b.devices_max,
		.departure = b.departure},
	    &v);
	return key(a, e, &v);
}

enum err
api_stay_move(struct api *a)
{
	const struct own o = own(a);
	struct api_body b;
	struct key_view v;
	enum err e = body(a, "room", &b);

	if (e)
		return e;
	e = owns_move(a->c, &o, b.room, &v);
	return key(a, e, &v);
}

enum err
api_stay_extend(struct api *a)
{
	const struct own o = own(a);
	struct api_body b;
	struct key_view v;
	enum err e = body(a, "departure", &b);

	if (e)
		return e;
	if (b.departure == 0)
		return why_set(&a->c->why, ERR_BAD_INPUT, "departure",
		    "departure must be given.");
	e = owns_extend(a->c, &o, b.departure, &v);
	return key(a, e, &v);
}

enum err
api_stay_out(struct api *a)
{
	const struct own o = own(a);
	struct api_body b;
	struct key_view v;
	enum err e = body(a, "reason", &b);

	if (e)
		return e;
	e = owns_check_out(a->c, &o, b.reason, &v);
	return key(a, e, &v);
}

static enum err
account(struct api *a, enum err e, const struct own_account *x)
{
	struct api_body b = {.id = x->id, .state = (int)x->state};

	if (e)
		return e;
	api_done(a, &x->id, 0);
	text_copy(b.noun, sizeof(b.noun), noun_text(x->noun));
	text_copy(b.name, sizeof(b.name), x->name);
	text_copy(b.reason, sizeof(b.reason), x->reason);
	a->out = api_object(shape_find("account")->fields, &b);
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_account_get(struct api *a)
{
	const struct own o = own(a);
	struct own_account x;
	enum err e = owns_account(a->c, &o, &x);

	return account(a, e, &x);
}

enum err
api_account_open(struct api *a)
{
	const struct own o = own(a);
	struct person p = {0};
	struct own_account x = {0};
	struct api_body b;
	enum err e = body(a, "customer", &b);

	if (e)
		return e;
	text_copy(p.name, sizeof(p.name), b.name);
	text_copy(p.mail, sizeof(p.mail), b.mail);
	text_copy(p.language, sizeof(p.language), b.language);
	e = owns_open(a->c, &o, &p, &x);
	return account(a, e, &x);
}

enum err
api_account_tie(struct api *a)
{
	const struct own o = own(a);
	struct own_account x = {0};
	struct api_body b;
	enum err e = body(a, "target", &b);

	if (e)
		return e;
	e = owns_tie(a->c, &o, &b.id, &x);
	return account(a, e, &x);
}

enum err
api_account_suspend(struct api *a)
{
	const struct own o = own(a);
	struct own_account x = {0};
	struct api_body b;
	enum err e = body(a, "reason", &b);

	if (e)
		return e;
	e = owns_suspend(a->c, &o, b.reason, &x);
	return account(a, e, &x);
}

enum err
api_account_restore(struct api *a)
{
	const struct own o = own(a);
	struct own_account x;
	enum err e = owns_restore(a->c, &o, &x);

	return account(a, e, &x);
}

enum err
api_account_end(struct api *a)
{
	const struct own o = own(a);
	struct own_account x = {0};
	struct api_body b;
	enum err e = body(a, "reason", &b);

	if (e)
		return e;
	e = owns_end(a->c, &o, b.reason, &x);
	return account(a, e, &x);
}
