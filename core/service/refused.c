/* Telling webhooks of devices that were refused. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/events.h"
#include "core/service/world.h"

enum { HOUR = 3600 };
static const char type[] = "device.refused";

/* Mostly nobody does, and then nothing is written. */
static enum err
wanted(struct call *c, bool *yes)
{
	struct webhook *all;
	size_t n;
	enum err e = row_list(c->store, &webhook_rows, SQL_WEBHOOK_ACTIVE,
	    DB_NO_ARGS, c->arena, &all, &n);

	*yes = false;
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		*yes |= events_wants(all[i].events, type);
	return e;
}

/* An access point may name a network in any octets. */
static void
cleaned(const char *octets, char out[static SSID_MAX + 1])
{
	text_copy(out, SSID_MAX + 1, octets);
	if (text_utf8_ok(octets, strlen(octets)))
		return;
	(void)snprintf(out, SSID_MAX + 1, "%s", octets);
	for (char *t = out; *t; t++)
		if ((unsigned char)*t >= 0x80)
			*t = '?';
}

static enum err
tell(struct call *c, const struct refused_device *d)
{
	OWN(buf) struct buf b = DETAIL;
	OWN(buf) struct buf text = BUF(4096);
	char mac[MAC_TEXT], once[160], network[SSID_MAX + 1];

	mac_text(&d->mac, mac);
	cleaned(d->network, network);
	detail_text(&b, "mac", mac);
	detail_text(&b, "network", network);
	detail_text(&b, "ap", d->ap);
	detail_text(&b, "why", d->why);
	detail_text(&b, "text", d->text);
	if (!uid_is_none(&d->key))
		detail_text(&b, "key", d->key.s);
	buf_printf(&text, "{%s}", buf_str(&b));
	if (b.err || text.err)
		return b.err ? b.err : text.err;
	(void)snprintf(once, sizeof(once), "%s:%s:%s:%s:%lld", type, mac,
	    network, d->why, (long long)(d->at / HOUR));
	return events_tell(c, &(struct event){.type = type,
				  .noun = "device",
				  .id = mac,
				  .detail = buf_str(&text),
				  .once = once});
}

enum err
world_refused(struct call *c, const struct refused_device *seen, size_t n)
{
	OWN(tx) struct tx tx = TX_NONE;
	bool yes;
	enum err e;

	if (c->actor.kind != ACTOR_SYSTEM)
		return ERR_FORBIDDEN;
	if ((e = wanted(c, &yes)) || !yes || n == 0)
		return e;
	if ((e = act_begin(c, &tx)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = tell(c, &seen[i])))
			return e;
	return act_end(c, &tx);
}
