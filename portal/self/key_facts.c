/* A rotation under way, visits, disconnects: what a password's page tells. */
#include <string.h>

#include "core/base/say.h"
#include "core/service/devices.h"
#include "core/service/disconnects.h"
#include "core/service/insight.h"
#include "portal/self/card.h"
#include "portal/self/key.h"
#include "portal/web/said.h"

enum { VISITS_SHOWN = 20, LEFT_SHOWN = 50 };

enum err
key_moving(struct page *p, const struct uid *id, struct tpl_moving *out)
{
	struct tpl_device *waiting, *moved;
	struct insight_move m;
	enum err e = insight_move(&p->call, id, &m);

	*out = (struct tpl_moving){.any = false};
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK ||
	    (e = card_devices(p, m.waiting, m.nwaiting, NULL, 0, &waiting)) ||
	    (e = card_devices(p, m.moved, m.nmoved, NULL, 0, &moved)))
		return e;
	*out = (struct tpl_moving){.any = true,
	    .before = arena_text(p->arena, m.before.s),
	    .after = arena_text(p->arena, m.after.s),
	    .is_old = uid_same(id, &m.before),
	    .ends = m.ends,
	    .total = (int64_t)(m.nwaiting + m.nmoved),
	    .gone = (int64_t)m.nmoved,
	    .waiting = {waiting, m.nwaiting},
	    .moved = {moved, m.nmoved}};
	return out->before == NULL || out->after == NULL ? ERR_NO_MEMORY
							 : ERR_OK;
}

/* The name of the device with this address, when the key has one. */
static const char *
called(struct page *p, const struct device *d, size_t n, const struct mac *mac,
    const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(&d[i].mac, mac, sizeof(*mac)) == 0)
			return card_device(p, d[i].name, text);
	return card_device(p, "", text);
}

enum err
key_visits(struct page *p, const struct uid *id, struct tpl_stay **out,
    size_t *n, const char **week)
{
	struct insight_reach reach;
	struct device *d;
	struct visit *v;
	size_t nd;
	enum err e;

	if ((e = visits_of_key(&p->call, id, VISITS_SHOWN, &v, n)) ||
	    (e = devices_of_key(&p->call, id, &d, &nd)) ||
	    (e = insight_reach(&p->call, id, &reach)))
		return e;
	*out = arena_array(p->arena, *n + 1, sizeof(**out));
	*week = card_amount(p, reach.octets_in + reach.octets_out);
	if (*out == NULL || *week == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		const char *mac = said_mac(p->arena, &v[i].mac);

		if (mac == NULL)
			return ERR_NO_MEMORY;
		(*out)[i] = (struct tpl_stay){.mac = mac,
		    .name = called(p, d, nd, &v[i].mac, mac),
		    .start = v[i].start,
		    .stop = v[i].stop,
		    .data = card_amount(p, v[i].octets_in + v[i].octets_out)};
	}
	return ERR_OK;
}

/* Where this disconnect stands, in one sentence. */
static const char *
standing(const struct disconnect *d)
{
	if (d->gone != 0)
		return SAY("It has left the network.");
	if (strcmp(d->answer, "ack") == 0)
		return SAY("The access point confirmed that it was cut off.");
	if (strcmp(d->answer, "unreachable") == 0)
		return SAY("Its access point takes no such requests. The "
			   "device is refused when it next joins.");
	if (strcmp(d->answer, "nak") == 0)
		return SAY("The access point does not know it any more: it "
			   "has probably left already.");
	if (strcmp(d->state, "dead") == 0)
		return SAY("The access point never answered. The device is "
			   "refused when it next joins.");
	if (d->asked != 0)
		return SAY("The access point was asked, and has not answered "
			   "yet. It is asked again.");
	return SAY("The access point is being asked.");
}

enum err
key_left(struct page *p, const struct uid *id, struct tpl_left **out, size_t *n)
{
	struct disconnect *d;
	enum err e = disconnects_of_key(&p->call, id, LEFT_SHOWN, &d, n);

	if (e != ERR_OK)
		return e;
	if ((*out = arena_array(p->arena, *n + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		const char *mac = said_mac(p->arena, &d[i].mac);

		if (mac == NULL)
			return ERR_NO_MEMORY;
		(*out)[i] = (struct tpl_left){.mac = mac,
		    .asked = d[i].asked,
		    .answered =
			strcmp(d[i].answer, "ack") == 0 ? d[i].answered : 0,
		    .gone = d[i].gone,
		    .is_done =
			d[i].gone != 0 || strcmp(d[i].answer, "ack") == 0,
		    .words = standing(&d[i])};
	}
	return ERR_OK;
}

bool
key_may_renew(struct page *p, const struct key_view *v, int64_t *until)
{
	return key_renewable(&v->key, &v->plan, v->network.time_zone,
		   p->rq->now, until) &&
	       v->standing == KEY_IS_ACTIVE;
}
