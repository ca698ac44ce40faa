/* Does it work? What an access point did last, while somebody sets it up. */
#include <jansson.h>
#include <string.h>

#include "core/base/say.h"
#include "core/service/disconnects.h"
#include "core/service/setup.h"
#include "portal/admin/admin.h"
#include "portal/admin/guide.h"
#include "portal/admin/radius.h"
#include "portal/web/route.h"

enum {
	REFUSALS = 5,
	STRANGERS = 8,
	NO_SUCH_SESSION = 503 /* Error-Cause, RFC 5176 3.6 */
};

static int64_t
when(const json_t *did, const char *what)
{
	return json_integer_value(json_object_get(did, what));
}

/* What the responder says of it. The last of two contradicting deeds counts. */
static void
deeds(const json_t *did, struct tpl_admin_ap_test *t)
{
	t->reached = true;
	t->known = json_is_true(json_object_get(did, "known"));
	t->heard = when(did, "heard");
	t->forged = when(did, "forged");
	t->bare = when(did, "unsigned");
	t->strange = when(did, "strange");
	t->accepted = when(did, "accepted");
	t->refused = when(did, "refused");
	t->accounted = when(did, "accounted");
	t->is_forged = t->forged > t->heard;
	t->is_bare = t->bare > t->heard;
	t->is_strange = t->strange > t->heard;
	t->is_heard = t->heard > 0 && !t->is_forged && !t->is_bare;
	t->is_right = t->is_heard && !t->is_strange;
	t->is_accepted = t->accepted > 0;
	t->is_refused = t->refused > t->accepted;
}

static enum err
strangers(struct page *p, const json_t *all, struct tpl_admin_ap_test *t)
{
	struct tpl_stranger *v = arena_array(p->arena, STRANGERS, sizeof(*v));
	size_t n = 0;

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (; n < STRANGERS && n < json_array_size(all); n++) {
		const json_t *s = json_array_get(all, n);
		const char *address =
		    json_string_value(json_object_get(s, "address"));

		v[n].address = arena_text(p->arena, address ? address : "");
		v[n].at = when(s, "at");
		if (v[n].address == NULL)
			return ERR_NO_MEMORY;
	}
	t->strangers.v = v;
	t->strangers.n = n;
	return ERR_OK;
}

static enum err
responder(struct page *p, const struct uid *id, struct tpl_admin_ap_test *t)
{
	char question[64];
	json_t *did;
	enum err e;

	(void)snprintf(question, sizeof(question), "ap %s", id->s);
	did = radius_ask_json(p->app->conf, question, "known");
	if (did == NULL)
		return ERR_OK;
	deeds(did, t);
	e = strangers(p, json_object_get(did, "strangers"), t);
	json_decref(did);
	return e;
}

/* Why it refused devices of late. */
static enum err
refusals(struct page *p, struct tpl_admin_ap_test *t)
{
	struct tpl_refusal *v = arena_array(p->arena, REFUSALS, sizeof(*v));
	bool reached;

	if (!t->reached)
		return ERR_OK;
	if (v == NULL)
		return ERR_NO_MEMORY;
	t->rows.v = v;
	t->rows.n = admin_refusals(p, "why", t->name, v, REFUSALS, &reached);
	return ERR_OK;
}

/* "I have no such session" proves the way there as well as an ACK does. */
static bool
is_taken(const struct disconnect *d)
{
	return strcmp(d->answer, "ack") == 0 ||
	       (strcmp(d->answer, "nak") == 0 && d->cause == NO_SUCH_SESSION);
}

static enum err
disconnect(struct page *p, const struct uid *id, struct tpl_admin_ap_test *t)
{
	struct disconnect d;
	enum err e = disconnects_of_ap(&p->call, id, &d);

	t->disconnect = "";
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	t->disconnected = d.asked;
	t->is_disconnected = is_taken(&d);
	if (t->is_disconnected)
		t->disconnect = SAY("It was answered.");
	else if (d.answered > 0)
		t->disconnect = SAY("The access point refused it.");
	else
		t->disconnect =
		    SAY("It was not answered: does the access point "
			"take them, at that address and port, and "
			"from this machine?");
	return ERR_OK;
}

enum err
admin_ap_test(struct page *p)
{
	struct access_point ap;
	struct tpl_admin_ap_test t = {.reached = false};
	const struct guide *guide;
	struct uid id;
	enum err e;

	if (!uid_parse(p->rq->args[0], &id))
		return ERR_NOT_FOUND;
	if ((e = ap_get(&p->call, &id, &ap)))
		return e;
	guide = guide_of(ap.dialect);
	t.id = id.s;
	t.name = ap.name;
	t.address = ap.address;
	t.guide = guide == NULL ? "all" : guide->word;
	t.may_edit = call_may(&p->call, ROLE_ADMIN);
	if ((e = responder(p, &id, &t)) || (e = refusals(p, &t)) ||
	    (e = disconnect(p, &id, &t)))
		return e;
	render_admin_ap_test(&p->view, &t, &p->rp->body);
	return page_html(p, 200);
}
