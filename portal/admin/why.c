/* Why was this device refused? What the responder remembers, for people. */
#include <jansson.h>
#include <string.h>

#include "core/base/mac.h"
#include "core/model/field.h"
#include "portal/admin/admin.h"
#include "portal/admin/radius.h"
#include "portal/web/route.h"

enum { REFUSALS_MAX = 200, REASONS_MAX = 24 };

static const char *
text(struct page *p, const json_t *o, const char *name)
{
	const char *t = json_string_value(json_object_get(o, name));
	const char *copy = t ? arena_text(p->arena, t) : NULL;

	return copy ? copy : "";
}

/* Of the access point of this name, or of any (NULL)? */
static bool
is_of(const json_t *o, const char *ap)
{
	const char *its = json_string_value(json_object_get(o, "ap"));

	return ap == NULL || strcmp(its ? its : "", ap) == 0;
}

static void
refusal(struct page *p, const json_t *o, struct tpl_refusal *v)
{
	const char *key = text(p, o, "key");
	struct uid id;

	(void)field_time_parse(text(p, o, "time"), &v->at);
	v->device = text(p, o, "device");
	v->network = text(p, o, "network");
	v->ap = text(p, o, "ap");
	v->key = uid_parse(key, &id) ? key : "";
	v->verdict = text(p, o, "verdict");
	v->words = text(p, o, "text");
	v->detail = text(p, o, "detail");
}

/* How often each reason, most first. */
static size_t
reasons(const struct tpl_refusal *v, size_t n, struct tpl_bar *bars)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < count && strcmp(bars[k].label, v[i].verdict) != 0)
			k++;
		if (k == REASONS_MAX)
			continue;
		if (k == count)
			bars[count++] = (struct tpl_bar){
			    .label = v[i].verdict, .said = v[i].words};
		bars[k].value++;
	}
	admin_bars_rank(bars, count);
	return count;
}

size_t
admin_refusals(struct page *p, const char *question, const char *ap,
    struct tpl_refusal *v, size_t max, bool *reached)
{
	OWN(buf) struct buf answer = BUF(RADIUS_ANSWER_MAX);
	size_t n = 0, len;

	*reached = radius_ask(p->app->conf, question, &answer) == ERR_OK;
	for (const char *l = buf_str(&answer); *l && n < max; l += len) {
		json_t *o;

		len = strcspn(l, "\n");
		o = json_loadb(l, len, 0, NULL);
		if (o != NULL && is_of(o, ap))
			refusal(p, o, &v[n++]);
		json_decref(o);
		len += l[len] == '\n';
	}
	return n;
}

enum err
admin_why(struct page *p)
{
	const char *typed = form_text(&p->query, "device");
	char question[64] = "why", mac[MAC_TEXT];
	struct tpl_refusal *v;
	struct tpl_bar *bars;
	struct mac m;
	size_t n = 0, count;
	bool wrong, reached = true;

	wrong = *typed && !mac_parse(typed, strlen(typed), &m, NULL);
	if (*typed && !wrong) {
		mac_text(&m, mac);
		(void)snprintf(question, sizeof(question), "why %s", mac);
	}
	v = arena_array(p->arena, REFUSALS_MAX, sizeof(*v));
	bars = arena_array(p->arena, REASONS_MAX, sizeof(*bars));
	if (v == NULL || bars == NULL)
		return ERR_NO_MEMORY;
	if (!wrong)
		n = admin_refusals(
		    p, question, NULL, v, REFUSALS_MAX, &reached);
	count = reasons(v, n, bars);
	return PAGE(p, admin_why, .device = typed, .wrong = wrong,
	    .reached = reached, .rows = {v, n}, .bars = {bars, count});
}
