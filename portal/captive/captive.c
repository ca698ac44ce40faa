/* Where an access point sends devices that are not in yet, and what it says
 * about them to those that ask (RFC 8908). */
#include <string.h>

#include "core/base/log.h"
#include "portal/captive/hints.h"
#include "portal/web/barred.h"
#include "portal/web/client.h"
#include "portal/web/mini.h"
#include "portal/web/route.h"

static bool
captive(const struct page *p)
{
	return client_among(&p->app->conf->captive.networks, client_address(p));
}

/* RFC 8908 4 and 5. The client is known by its address alone, so the answer is
 * nobody else's: no cache keeps it (no-store, as everywhere, which is stricter
 * than private), and a proxy must be a trusted one. */
enum err
captive_api(struct page *p)
{
	struct reply *rp = p->rp;

	if (p->app->origin[0] == '\0')
		return ERR_NOT_FOUND;
	rp->status = 200;
	reply_header(rp, "content-type", "application/captive+json");
	if (captive(p))
		buf_printf(&rp->body,
		    "{\"captive\":true,\"user-portal-url\":\"%s/captive\"}",
		    p->app->origin);
	else
		buf_text(&rp->body, "{\"captive\":false}");
	return rp->body.err;
}

enum err
captive_page(struct page *p)
{
	const struct conf *c = p->app->conf;
	char mac[MAC_TEXT] = "";
	bool barred = false;
	struct hints h;
	enum err e;

	hints_read(&p->query, &h);
	if (h.maker[0] != '\0') {
		mac_text(&h.station, mac);
		LOG(INFO, "captive.sent", LOG_S("maker", h.maker),
		    LOG_S("station", mac));
		if ((e = barred_page(p, &h.station, &barred)) || barred)
			return e;
	}
	return PAGE(p, captive, .station = mac, .ssid = h.ssid,
	    .random = mac[0] != '\0' && mac_is_random(&h.station),
	    .mini = mini_browser(p->rq), .members = c->nprovider > 0,
	    .guests = c->guest.ways.n > 0);
}
