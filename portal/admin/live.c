#include "portal/admin/live.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/say.h"
#include "core/model/policy.h"
#include "core/service/insight.h"
#include "core/service/setup.h"
#include "portal/admin/admin.h"
#include "portal/admin/radius.h"
#include "portal/web/lang.h"
#include "portal/web/said.h"
#include "portal/web/tpl.h"

enum {
	HOURS = 24,
	COLUMN = 10, /* of a chart, with its gap */
	REASONS = VERDICT_TOO_MANY_DEVICES + 1,
	APS = 12,
	SILENT_S = 3600,
	DAY_S = 86400,
};

static int64_t
number(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

/* --- charts ----------------------------------------------------------------
 */

/* Draws what the columns stand for: LOW from the ground, HIGH upon it if UPON.
 */
static void
draw(struct page *p, struct tpl_column *v, size_t n, bool upon,
    struct tpl_chart *out)
{
	int64_t most = 1;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		int64_t all = v[i].low + (upon ? v[i].high : 0);

		any |= all > 0;
		most = all > most ? all : most;
	}
	for (size_t i = 0; i < n; i++) {
		v[i].x = (int64_t)i * COLUMN + 1;
		v[i].low_h = (v[i].low * 100 + most - 1) / most;
		v[i].high_h = upon ? (v[i].high * 100 + most - 1) / most : 0;
		if (v[i].low_h + v[i].high_h > 100)
			v[i].low_h = 100 - v[i].high_h;
		v[i].low_y = 100 - v[i].low_h;
		v[i].high_y = v[i].low_y - v[i].high_h;
	}
	*out = (struct tpl_chart){.columns = {v, n},
	    .wide = (int64_t)n * COLUMN,
	    .top = any ? arena_printf(p->arena, "%lld", (long long)most) : ""};
}

/* --- what the responder counted --- */

/* "1.2 ms", or "80 µs" */
static const char *
lasting(struct page *p, int64_t us)
{
	const char *mark = langs[p->view.lang].point;

	if (us < 1000)
		return arena_printf(p->arena, "%lld \u00b5s", (long long)us);
	return arena_printf(p->arena, "%lld%s%lld ms", (long long)(us / 1000),
	    mark, (long long)(us % 1000 / 100));
}

static void
count_reasons(const json_t *rejects, int64_t by[static REASONS], int64_t *sum)
{
	*sum = 0;
	for (int i = 0; i < REASONS; i++) {
		int64_t n = number(rejects, verdict_word((enum verdict)i));

		by[i] += n;
		*sum += n;
	}
}

static enum err
reasons(struct page *p, const int64_t by[static REASONS], struct tpl_live *out)
{
	struct tpl_bar *v = arena_array(p->arena, REASONS, sizeof(*v));
	size_t n = 0;

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (int i = 0; i < REASONS; i++)
		if (by[i] > 0)
			v[n++] = (struct tpl_bar){
			    .said = verdict_text((enum verdict)i),
			    .value = by[i]};
	admin_bars_rank(v, n);
	out->reasons.v = v;
	out->reasons.n = n;
	return ERR_OK;
}

/* Hour by hour: what was answered, and how long searches took. */
static enum err
day(struct page *p, const json_t *hours, struct tpl_live *out)
{
	struct tpl_column *v = arena_array(p->arena, HOURS, sizeof(*v)),
			  *s = arena_array(p->arena, HOURS, sizeof(*s));
	int64_t by[REASONS] = {0}, us = 0, longest = 0, mean = 0;
	size_t n = 0;

	if (v == NULL || s == NULL)
		return ERR_NO_MEMORY;
	for (; n < HOURS && n < json_array_size(hours); n++) {
		const json_t *h = json_array_get(hours, n);
		int64_t found = number(h, "searches"),
			spent = number(h, "search_us"),
			most = number(h, "longest_us");

		v[n].at = s[n].at = number(h, "at");
		v[n].low = number(h, "accepts");
		count_reasons(json_object_get(h, "rejects"), by, &v[n].high);
		s[n].high = found;
		s[n].low = found ? spent / found : 0;
		s[n].words = found ? lasting(p, s[n].low) : "";
		out->searches += found;
		us += spent;
		longest = most > longest ? most : longest;
		mean = s[n].low > mean ? s[n].low : mean;
	}
	draw(p, v, n, true, &out->answers);
	draw(p, s, n, false, &out->search);
	out->search.top = lasting(p, mean);
	out->mean = lasting(p, out->searches ? us / out->searches : 0);
	out->longest = lasting(p, longest);
	return reasons(p, by, out);
}

static int
by_silence(const void *a, const void *b)
{
	const struct tpl_heard *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return strcmp(x->name, y->name);
}

static enum err
access_points(struct page *p, const json_t *aps, struct tpl_live *out)
{
	struct access_point *all = NULL;
	struct tpl_heard *v;
	size_t n = 0;
	enum err e = ap_list(&p->call, &all, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct tpl_heard){.id = all[i].id.s,
		    .name = all[i].name,
		    .at = number(aps, all[i].id.s)};
		v[i].is_silent = v[i].at < p->call.now - SILENT_S;
		out->aps_silent += v[i].is_silent;
	}
	qsort(v, n, sizeof(*v), by_silence);
	out->aps_all = (int64_t)n;
	out->aps.v = v;
	out->aps.n = n < APS ? n : APS;
	return ERR_OK;
}

static enum err
responder(struct page *p, struct tpl_live *out)
{
	json_t *root = radius_ask_json(p->app->conf, "course", "hours");
	enum err e;

	if (root == NULL)
		return ERR_OK;
	out->reached = true;
	out->started = number(root, "started");
	if (!(e = day(p, json_object_get(root, "hours"), out)) &&
	    !(e = access_points(p, json_object_get(root, "aps"), out)))
		e = insight_feed(&p->call, number(root, "position"),
		    &out->behind, &out->since);
	json_decref(root);
	return e;
}

/* --- what the store says --- */

static enum err
standings(struct page *p, struct tpl_live *out)
{
	struct insight_keys k;
	struct tpl_bar *v =
	    arena_array(p->arena, KEY_IS_REVOKED + 1, sizeof(*v));
	enum err e = insight_keys(&p->call, &k);

	if (e != ERR_OK || v == NULL)
		return e ? e : ERR_NO_MEMORY;
	for (int i = 0; i <= KEY_IS_REVOKED; i++)
		v[i] = (struct tpl_bar){
		    .said = said_standing(p->view.lang, (enum key_standing)i),
		    .href = arena_printf(p->arena, "/admin/keys?standing=%s",
			key_standing_text((enum key_standing)i)),
		    .value = (int64_t)k.n[i]};
	admin_bars(v, KEY_IS_REVOKED + 1);
	out->standings.v = v;
	out->standings.n = KEY_IS_REVOKED + 1;
	return ERR_OK;
}

static enum err
week(struct page *p, const size_t devices[static INSIGHT_DAYS],
    struct tpl_live *out)
{
	struct tpl_column *v = arena_array(p->arena, INSIGHT_DAYS, sizeof(*v));

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (int i = 0; i < INSIGHT_DAYS; i++) {
		v[i].at = p->call.now - (INSIGHT_DAYS - 1 - i) * DAY_S;
		v[i].low = (int64_t)devices[i];
	}
	draw(p, v, INSIGHT_DAYS, false, &out->days);
	return ERR_OK;
}

enum err
live_fill(struct page *p, const size_t devices[static INSIGHT_DAYS],
    struct tpl_live *out)
{
	enum err e;

	*out = (struct tpl_live){.at = p->call.now, .mean = "", .longest = ""};
	if ((e = standings(p, out)) || (e = week(p, devices, out)))
		return e;
	return responder(p, out);
}
