/* Wi-Fi passwords, as staff sees them: masked, and every reveal is an act. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/handout/wifi.h"
#include "core/model/field.h"
#include "core/model/zone.h"
#include "core/service/devices.h"
#include "core/service/disconnects.h"
#include "core/service/insight.h"
#include "core/service/quotas.h"
#include "portal/admin/admin.h"
#include "portal/web/route.h"
#include "portal/web/said.h"

enum { VISITS = 30, OFFSET_MAX = 10000000 };

size_t
admin_offset(const struct page *p)
{
	int64_t from = 0;

	(void)text_int(form_text(&p->query, "from"), 0, OFFSET_MAX, &from);
	return (size_t)from;
}

struct tpl_pager
admin_pager(size_t from, size_t n, size_t total, size_t each)
{
	struct tpl_pager t = {.from = (int64_t)from + 1,
	    .to = (int64_t)(from + n),
	    .total = (int64_t)total,
	    .next = (int64_t)(from + n)};

	t.has_next = from + n < total;
	t.has_previous = from > 0;
	t.previous = from > each ? (int64_t)(from - each) : 0;
	return t;
}

static enum err
day_of(struct page *p, const char *day, const char *field, const char *zone,
    bool end, int64_t *out)
{
	const struct zone *z = NULL;
	enum err e;

	*out = 0;
	if (*day == '\0')
		return ERR_OK;
	if (strlen(day) != 10 || !field_time_parse(day, out))
		return why_set(&p->call.why, ERR_BAD_INPUT, field,
		    "Give a day such as 2026-12-24.");
	if ((e = zone_get(zone, &z)))
		return e;
	*out += 43200; /* noon is on the same day everywhere */
	*out -= zone_offset(z, *out);
	*out = zone_day_end(z, end ? *out : *out - 86400);
	return ERR_OK;
}

enum err
admin_day(
    struct page *p, const char *field, const char *zone, bool end, int64_t *out)
{
	return day_of(p, form_text(&p->form, field), field, zone, end, out);
}

enum err
admin_day_asked(
    struct page *p, const char *field, bool end, int64_t *out, bool *wrong)
{
	enum err e = day_of(
	    p, form_text(&p->query, field), field, admin_zone(p), end, out);

	*wrong = e == ERR_BAD_INPUT && strcmp(p->call.why.field, field) == 0;
	return *wrong ? ERR_OK : e;
}

enum err
admin_key_rows(struct page *p, const struct key_view *views, size_t n,
    struct tpl_key_row **out)
{
	struct tpl_key_row *v = arena_array(p->arena, n + 1, sizeof(*v));

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const struct key_view *k = &views[i];

		v[i].id = k->key.id.s;
		v[i].name = k->key.name;
		v[i].person = admin_who(p, &k->person);
		v[i].person_id = k->person.id.s;
		v[i].network = k->network.name;
		v[i].plan = k->plan.name;
		v[i].standing = said_standing(p->view.lang, k->standing);
		v[i].until = k->key.not_after;
		v[i].used = k->key.last_used;
		v[i].devices = (int64_t)k->devices;
		v[i].in_use = k->in_use;
		v[i].reason = k->key.reason;
	}
	*out = v;
	return ERR_OK;
}

enum err
admin_keys_of(struct page *p, const struct uid *person,
    struct tpl_key_row **out, size_t *n)
{
	struct key_view *views = NULL;
	enum err e = keys_of(&p->call, person, &views, n);

	return e != ERR_OK ? e : admin_key_rows(p, views, *n, out);
}

static void
pick(struct tpl_choice *v, size_t *n, const char *word, const char *label,
    const char *chosen)
{
	v[*n].value = word;
	v[*n].label = label;
	v[*n].chosen = strcmp(word, chosen) == 0;
	(*n)++;
}

enum err
admin_keys(struct page *p)
{
	const char *standing = form_text(&p->query, "standing");
	struct key_filter f = {.search = form_text(&p->query, "q"),
	    .standing = -1,
	    .offset = admin_offset(p),
	    .limit = ADMIN_PAGE};
	struct tpl_choice *v = arena_array(p->arena, 8, sizeof(*v));
	struct tpl_key_row *rows;
	struct key_view *views = NULL;
	enum key_standing s;
	size_t n = 0, total = 0, choices = 0;
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	if (key_standing_parse(standing, &s))
		f.standing = (int)s;
	for (s = KEY_IS_SCHEDULED; s <= KEY_IS_REVOKED; s++)
		pick(v, &choices, key_standing_text(s),
		    said_standing(p->view.lang, s), standing);
	if ((e = keys_list(&p->call, &f, &views, &n, &total)) ||
	    (e = admin_key_rows(p, views, n, &rows)))
		return e;
	return PAGE(p, admin_keys,
	    .may_change = call_may(&p->call, ROLE_OPERATOR),
	    .may_export = call_may(&p->call, ROLE_ADMIN), .q = f.search,
	    .standing = standing, .standings = {v, choices}, .keys = {rows, n},
	    .pager = admin_pager(f.offset, n, total, ADMIN_PAGE));
}

static enum err
devices(
    struct page *p, const struct uid *id, struct tpl_device **out, size_t *n)
{
	struct device *all = NULL;
	struct tpl_device *v;
	enum err e = devices_of_key(&p->call, id, &all, n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		if ((v[i].mac = said_mac(p->arena, &all[i].mac)) == NULL)
			return ERR_NO_MEMORY;
		v[i].id = all[i].id.s;
		v[i].name = all[i].name;
		v[i].first = all[i].first_seen;
		v[i].last = all[i].last_seen;
		v[i].blocked = all[i].blocked;
	}
	*out = v;
	return ERR_OK;
}

const char *
admin_amount(struct page *p, int64_t octets)
{
	return octets > 0 ? said_amount(p->arena, p->view.lang, octets) : "0";
}

static enum err
visits(struct page *p, const struct uid *id, struct tpl_visit **out, size_t *n)
{
	struct visit *all = NULL;
	struct tpl_visit *v;
	enum err e = visits_of_key(&p->call, id, VISITS, &all, n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		if ((v[i].mac = said_mac(p->arena, &all[i].mac)) == NULL)
			return ERR_NO_MEMORY;
		v[i].start = all[i].start;
		v[i].stop = all[i].stop;
		v[i].data =
		    admin_amount(p, all[i].octets_in + all[i].octets_out);
	}
	*out = v;
	return ERR_OK;
}

static enum err
offs(struct page *p, const struct uid *id, struct tpl_off **out, size_t *n)
{
	struct disconnect *all = NULL;
	struct tpl_off *v;
	enum err e = disconnects_of_key(&p->call, id, VISITS, &all, n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < *n; i++) {
		if ((v[i].mac = said_mac(p->arena, &all[i].mac)) == NULL)
			return ERR_NO_MEMORY;
		v[i].asked = all[i].asked;
		v[i].answered = all[i].answered;
		v[i].answer = all[i].answer;
		v[i].cause = all[i].cause;
		v[i].gone = all[i].gone;
		v[i].waiting = strcmp(all[i].state, "waiting") == 0;
		v[i].dead = strcmp(all[i].state, "dead") == 0;
	}
	*out = v;
	return ERR_OK;
}

static const char *
megabytes(struct page *p, int64_t octets)
{
	const char *t = arena_printf(p->arena, "%.1f MB", (double)octets / 1e6);

	return t ? t : "";
}

static enum err
show(struct page *p, const char *password, const char *wrong)
{
	struct uid id = page_id(p, 0);
	struct key_view *k = arena_get(p->arena, sizeof(*k));
	struct tpl_key_row *row;
	struct tpl_device *dev = NULL;
	struct tpl_visit *vis = NULL;
	struct tpl_off *off = NULL;
	struct insight_reach far = {0};
	struct quota_use use = {0};
	size_t ndev = 0, nvis = 0, noff = 0;
	enum err e;

	if (k == NULL)
		return ERR_NO_MEMORY;
	if ((e = keys_get(&p->call, &id, k)) ||
	    (e = admin_key_rows(p, k, 1, &row)) ||
	    (e = devices(p, &id, &dev, &ndev)) ||
	    (e = visits(p, &id, &vis, &nvis)) ||
	    (e = offs(p, &id, &off, &noff)) ||
	    (e = insight_reach(&p->call, &id, &far)) ||
	    (e = quotas_use(&p->call, &id, &use)))
		return e;
	return PAGE(p, admin_key, .wrong = wrong,
	    .quota = use.quota ? megabytes(p, use.quota) : "",
	    .quota_used = megabytes(p, use.used), .quota_until = use.until,
	    .spent = !uid_is_none(&use.home), .own_number = k->key.devices_max,
	    .k = *row, .password = password, .created = k->key.created,
	    .devices = {dev, ndev}, .visits = {vis, nvis}, .offs = {off, noff},
	    .week_seen = (int64_t)far.seen, .week_aps = (int64_t)far.aps,
	    .week_visits = (int64_t)far.visits,
	    .week_data = admin_amount(p, far.octets_in + far.octets_out),
	    .living =
		k->standing != KEY_IS_REVOKED && k->standing != KEY_IS_EXPIRED,
	    .suspended = k->standing == KEY_IS_SUSPENDED,
	    .may_change = call_may(&p->call, ROLE_OPERATOR) ||
			  call_may(&p->call, ROLE_ADMIN),
	    .done = form_text(&p->query, "done"));
}

enum err
admin_key(struct page *p)
{
	return show(p, "", "");
}

/* The reveal is in the audit before anything is written here. */
enum err
admin_key_reveal(struct page *p)
{
	OWN(secret) struct secret s = SECRET_NONE;
	OWN(buf) struct buf grouped = BUF(200);
	struct uid id = page_id(p, 0);
	const char *text;
	enum err e;

	if ((e = keys_reveal(&p->call, &id, "screen", &s)))
		return e;
	wifi_grouped(secret_text(&s), &grouped);
	if ((text = arena_text(p->arena, buf_str(&grouped))) == NULL)
		return ERR_NO_MEMORY;
	return show(p, text, "");
}

/* Moves the end to a day of the form, or here. */
static enum err
move_end(struct page *p, const struct uid *id, bool now)
{
	struct key_view *k = arena_get(p->arena, sizeof(*k));
	int64_t end = p->call.now;
	enum err e;

	if (k == NULL)
		return ERR_NO_MEMORY;
	if ((e = keys_get(&p->call, id, k)) ||
	    (!now &&
		(e = admin_day(p, "ends", k->network.time_zone, true, &end))))
		return e;
	return keys_set_end(&p->call, id, end, k->key.version);
}

static enum err
set_devices(struct page *p, const struct uid *id)
{
	struct key_view *k = arena_get(p->arena, sizeof(*k));
	/* the service says what may be typed */
	int most = form_number(&p->form, "devices_max", DEVICES_MAX);
	enum err e;

	if (k == NULL)
		return ERR_NO_MEMORY;
	if ((e = keys_get(&p->call, id, k)))
		return e;
	return keys_set_devices(&p->call, id, most, k->key.version);
}

static enum err
renew(struct page *p, struct uid *id)
{
	struct key_view *k = arena_get(p->arena, sizeof(*k));
	int64_t hours;
	enum err e;

	if (k == NULL)
		return ERR_NO_MEMORY;
	if (!text_int(form_text(&p->form, "overlap"), 0,
		KEYS_OVERLAP_MAX / 3600, &hours))
		return why_set(&p->call.why, ERR_BAD_INPUT, "overlap",
		    "Both may work for at most 30 days.");
	if ((e = keys_rotate(&p->call, id, hours * 3600, k)))
		return e;
	*id = k->key.id; /* on to the new one */
	return ERR_OK;
}

enum err
admin_key_act(struct page *p)
{
	struct uid id = page_id(p, 0);
	const char *act = form_text(&p->form, "act");
	const char *reason = form_text(&p->form, "reason");
	enum err e = ERR_BAD_INPUT;

	if (strcmp(act, "revoke") == 0)
		e = keys_revoke(&p->call, &id, reason);
	else if (strcmp(act, "suspend") == 0)
		e = keys_suspend(&p->call, &id, reason);
	else if (strcmp(act, "restore") == 0)
		e = keys_restore(&p->call, &id);
	else if (strcmp(act, "end") == 0 || strcmp(act, "expire") == 0)
		e = move_end(p, &id, strcmp(act, "expire") == 0);
	else if (strcmp(act, "devices") == 0)
		e = set_devices(p, &id);
	else if (strcmp(act, "renew") == 0)
		e = renew(p, &id);
	if (e == ERR_BAD_INPUT || e == ERR_BAD_STATE) {
		const char *words = arena_text(p->arena,
		    p->call.why.text[0] ? p->call.why.text : err_words(e));

		if (words == NULL)
			return ERR_NO_MEMORY;
		if ((e = show(p, "", words)))
			return e;
		p->rp->status = 400;
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	return page_gof(p, "/admin/keys/%s?done=%s", id.s, act);
}
