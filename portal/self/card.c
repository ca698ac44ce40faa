#include "portal/self/card.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/say.h"
#include "core/handout/profile.h"
#include "core/handout/qr.h"
#include "core/service/units.h"
#include "portal/self/hours.h"
#include "portal/web/lang.h"
#include "portal/web/said.h"

bool
card_living(enum key_standing s)
{
	return s == KEY_IS_ACTIVE || s == KEY_IS_SCHEDULED ||
	       s == KEY_IS_SUSPENDED;
}

static enum err
in_unit(struct page *p, const struct uid *unit)
{
	struct unit *mine;
	size_t n;
	enum err e = units_of(&p->call, &p->session.person, &mine, &n);

	for (size_t i = 0; e == ERR_OK && i < n; i++)
		if (uid_same(&mine[i].id, unit))
			return ERR_OK;
	return e == ERR_OK ? ERR_NOT_FOUND : e;
}

enum err
card_mine(struct page *p, struct key_view *v)
{
	struct uid id = page_id(p, 0);
	enum err e = keys_get(&p->call, &id, v);

	if (e != ERR_OK || uid_same(&v->key.person, &p->session.person))
		return e;
	return uid_is_none(&v->key.unit) ? ERR_NOT_FOUND
					 : in_unit(p, &v->key.unit);
}

static void
one_speed(struct buf *b, const char *point, int64_t kbit)
{
	if (kbit % 1000 == 0)
		buf_printf(b, "%lld Mbit/s", (long long)(kbit / 1000));
	else if (kbit > 1000)
		buf_printf(b, "%lld%s%lld Mbit/s", (long long)(kbit / 1000),
		    point, (long long)(kbit % 1000 / 100));
	else
		buf_printf(b, "%lld kbit/s", (long long)kbit);
}

/* "50 Mbit/s down, 20 Mbit/s up" with arrows, the same in every language. */
static const char *
speed(struct page *p, const struct plan *plan)
{
	OWN(buf) struct buf b = BUF(100);
	const char *point = langs[p->view.lang].point;

	if (plan->rate_down > 0) {
		buf_text(&b, "\xe2\x86\x93 ");
		one_speed(&b, point, plan->rate_down);
	}
	if (plan->rate_up > 0) {
		buf_text(&b, b.len > 0 ? " \xe2\x86\x91 " : "\xe2\x86\x91 ");
		one_speed(&b, point, plan->rate_up);
	}
	return arena_text(p->arena, buf_str(&b));
}

/* That of a guest is named by their room or host, for the desk. */
static const char *
title(const struct key_view *v)
{
	return v->key.kind == KEY_GUEST && v->person.name[0] != '\0'
		   ? v->person.name
		   : v->key.name;
}

static int64_t
rolling_days(const struct key_view *v)
{
	return v->plan.lifetime == LIFETIME_ROLLING && !v->key.end_given &&
		       v->key.not_after != 0
		   ? v->plan.lifetime_days
		   : 0;
}

enum err
card_fill(struct page *p, const struct key_view *v, struct tpl_card *out)
{
	const struct plan *plan = &v->plan;
	int most = key_devices(&v->key, plan);
	bool prove =
	    v->standing == KEY_IS_ACTIVE || v->standing == KEY_IS_SCHEDULED;

	*out = (struct tpl_card){
	    .id = v->key.id.s,
	    .name = title(v),
	    .ssid = v->network.ssid,
	    .network = v->network.name,
	    .plan = plan->name,
	    .hidden = v->network.hidden,
	    .is_thing = v->key.kind == KEY_THING,
	    .is_active = v->standing == KEY_IS_ACTIVE,
	    .is_scheduled = v->standing == KEY_IS_SCHEDULED,
	    .is_suspended = v->standing == KEY_IS_SUSPENDED,
	    .is_expired = v->standing == KEY_IS_EXPIRED,
	    .is_revoked = v->standing == KEY_IS_REVOKED,
	    .reason = v->key.reason,
	    .from = v->key.not_before,
	    .until = v->key.not_after,
	    .rolling_days = rolling_days(v),
	    .at_once = most,
	    .own_segment = plan->pool[0] != '\0',
	    .schedule = hours_words(p, plan->schedule),
	    .seen = (int64_t)v->devices,
	    .full = most != 0 && v->devices >= (size_t)most,
	    .bound = plan->binding != BINDING_UNBOUND,
	    .refuses = plan->cap_rule == CAP_REFUSE,
	    .in_use = v->in_use,
	};
	out->speed = speed(p, plan);
	out->prove =
	    !prove ? ""
		   : arena_printf(p->arena, "/signin/%s?fresh=1&return=/key/%s",
			 p->session.provider, v->key.id.s);
	return out->speed == NULL || out->prove == NULL || out->schedule == NULL
		   ? ERR_NO_MEMORY
		   : ERR_OK;
}

static enum err
draw(struct page *p, const struct handout *h, struct tpl_card *out)
{
	OWN(buf) struct buf text = BUF(1024);
	OWN(buf) struct buf svg = BUF(1 << 20);
	struct qr *qr = arena_get(p->arena, sizeof(*qr));
	const char *label;
	enum err e;

	label = arena_printf(p->arena, "QR: %s", h->ssid);
	if (qr == NULL || label == NULL)
		return ERR_NO_MEMORY;
	if ((e = wifi_string(h, &text)) || (e = qr_make(buf_str(&text), qr)) ||
	    (e = qr_svg(qr, label, &svg)))
		return e;
	out->qr.s = arena_text(p->arena, buf_str(&svg));
	return out->qr.s == NULL ? ERR_NO_MEMORY : ERR_OK;
}

enum err
card_reveal(struct page *p, const struct key_view *v, struct tpl_card *out)
{
	OWN(secret) struct secret secret = SECRET_NONE;
	enum err e;

	if ((e = card_fill(p, v, out)))
		return e;
	if (out->prove[0] == '\0' || !page_is_fresh(p))
		return ERR_OK;
	if ((e = keys_reveal(&p->call, &v->key.id, "screen", &secret)))
		return e;
	return card_show(p, v, &secret, out);
}

enum err
card_show(struct page *p, const struct key_view *v, const struct secret *secret,
    struct tpl_card *out)
{
	OWN(buf) struct buf grouped = BUF(1024);
	struct handout h;
	enum err e;

	if ((e = card_fill(p, v, out)) ||
	    (e = card_handout(p, v, secret, &h)) || (e = draw(p, &h, out)))
		return e;
	wifi_grouped(secret_text(secret), &grouped);
	out->password = arena_text(p->arena, secret_text(secret));
	out->grouped = arena_text(p->arena, buf_str(&grouped));
	out->shown = true;
	return out->password == NULL || out->grouped == NULL ? ERR_NO_MEMORY
							     : ERR_OK;
}

static const char *
date(struct page *p, int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return "";
	return said_date(p->arena, p->view.lang, &tm, false, "UTC");
}

enum err
card_handout(struct page *p, const struct key_view *v,
    const struct secret *secret, struct handout *out)
{
	*out = (struct handout){
	    .ssid = v->network.ssid,
	    .passphrase = secret,
	    .hidden = v->network.hidden,
	    .network = v->network.name,
	    .person = v->person.name,
	    .key = v->key.name,
	    .plan = v->plan.name,
	    .valid = v->key.not_after == 0 ? "" : date(p, v->key.not_after),
	    .brand = p->view.brand,
	    .support = p->view.support,
	    .support_mail = p->view.support_mail,
	    .url = p->app->conf->portal.public_url,
	    .language = p->view.code,
	    .note = "",
	    .id = v->key.id.s,
	    .not_after = v->key.not_after,
	    .logo = p->app->logo,
	};
	return out->valid == NULL ? ERR_NO_MEMORY : ERR_OK;
}

const char *
card_amount(struct page *p, int64_t octets)
{
	return said_amount(p->arena, p->view.lang, octets);
}

const char *
card_device(struct page *p, const char *name, const char *mac)
{
	const char *f = tpl_said(p->view.lang, SAY("Device %s"));
	int n = (int)strcspn(f, "%");

	if (name[0] != '\0')
		return name;
	return arena_printf(p->arena, "%.*s%s%s", n, f, mac + 12,
	    f[n] == '\0' ? "" : f + n + 2);
}

static enum err
one_device(struct page *p, const struct device *d, const struct key_view *keys,
    size_t nkeys, struct tpl_device *out)
{
	const char *mac = said_mac(p->arena, &d->mac);

	if (mac == NULL)
		return ERR_NO_MEMORY;
	*out = (struct tpl_device){
	    .id = d->id.s,
	    .name = card_device(p, d->name, mac),
	    .mac = mac,
	    .first = d->first_seen,
	    .last = d->last_seen,
	    .data = card_amount(p, d->octets_in + d->octets_out),
	    .key = "",
	    .blocked = d->blocked,
	    .random = mac_is_random(&d->mac),
	};
	for (size_t i = 0; i < nkeys; i++)
		if (uid_same(&keys[i].key.id, &d->key))
			out->key = keys[i].key.name;
	return out->name == NULL || out->data == NULL ? ERR_NO_MEMORY : ERR_OK;
}

enum err
card_devices(struct page *p, const struct device *d, size_t n,
    const struct key_view *keys, size_t nkeys, struct tpl_device **out)
{
	struct tpl_device *v = arena_array(p->arena, n + 1, sizeof(*v));
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		if ((e = one_device(p, &d[i], keys, nkeys, &v[i])))
			return e;
	*out = v;
	return ERR_OK;
}

enum err
card_shut(struct page *p, const struct tpl_device *all, size_t n,
    struct tpl_device **out, size_t *nout)
{
	struct tpl_device *v = arena_array(p->arena, n + 1, sizeof(*v));

	*nout = 0;
	if ((*out = v) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		if (all[i].blocked)
			v[(*nout)++] = all[i];
	return ERR_OK;
}

/* The kind of profile a browser's system reads; -1 when none (Android and the
 * like scan the code). */
static int
system_of(const char *agent)
{
	static const struct {
		const char *sign;
		int kind;
	} signs[] = {
	    {"iPhone", PROFILE_APPLE},
	    {"iPad", PROFILE_APPLE},
	    {"Macintosh", PROFILE_APPLE},
	    {"Windows NT", PROFILE_WINDOWS},
	    {"CrOS", PROFILE_CHROMEOS},
	    {"Android", -1},
	    {"Linux", PROFILE_NETWORKMANAGER},
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (agent != NULL && strstr(agent, signs[i].sign) != NULL)
			return signs[i].kind;
	return -1;
}

void
card_profiles(struct page *p, struct card_profiles *out)
{
	static const struct {
		const char *label, *how;
	} says[] = {
	    [PROFILE_APPLE] = {SAY("iPhone, iPad, Mac"),
		SAY("Open the file, then allow it in Settings.")},
	    [PROFILE_WINDOWS] = {SAY("Windows"),
		SAY("A file for netsh wlan add profile")},
	    [PROFILE_NETWORKMANAGER] = {SAY("Linux"),
		SAY("A file for NetworkManager")},
	    [PROFILE_CHROMEOS] = {SAY("Chromebook"),
		SAY("Import it at chrome://network")},
	    [PROFILE_WPA_SUPPLICANT] = {SAY("wpa_supplicant"),
		SAY("A network block for wpa_supplicant.conf")},
	};
	int mine = system_of(request_header(p->rq, "user-agent"));

	out->nmine = out->nothers = 0;
	for (int k = 0; k < (int)(sizeof(says) / sizeof(*says)); k++) {
		struct tpl_profile t = {
		    .word = profile_word((enum profile_kind)k),
		    .label = says[k].label,
		    .how = says[k].how,
		};

		if (k == mine)
			out->mine[out->nmine++] = t;
		else
			out->others[out->nothers++] = t;
	}
}
