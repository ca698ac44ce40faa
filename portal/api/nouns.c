/* Nouns that are listed, read, added, changed and removed alike. */
#include <string.h>

#include "core/service/setup.h"
#include "core/service/units.h"
#include "core/service/webhooks.h"
#include "portal/api/api.h"

union any {
	struct network network;
	struct plan plan;
	struct rule rule;
	struct access_point ap;
	struct unit unit;
	struct webhook webhook;
};

struct kind {
	const char *word;
	const struct field *fields;
	size_t size;
	enum err (*list)(struct call *c, void **out, size_t *n);
	enum err (*get)(struct call *c, const struct uid *id, union any *out);
	enum err (*add)(struct call *c, union any *n, const struct secret *s);
	enum err (*set)(struct call *c, union any *n, const struct secret *s);
	enum err (*remove)(struct call *c, const struct uid *id);
	/* with effect on those on the air: ?effect=now */
	enum err (*set_now)(struct call *c, struct plan *p);
	void (*start)(union any *n);
};

#define LISTS(noun, type, LIST)                                                \
	static enum err noun##_all(struct call *c, void **out, size_t *n)      \
	{                                                                      \
		struct type *v = NULL;                                         \
		enum err e = LIST(c, &v, n);                                   \
                                                                               \
		*out = v;                                                      \
		return e;                                                      \
	}
#define READS(noun, GET)                                                       \
	static enum err noun##_one(                                            \
	    struct call *c, const struct uid *id, union any *out)              \
	{                                                                      \
		return GET(c, id, &out->noun);                                 \
	}
#define WRITES(noun, ADD, SET)                                                 \
	static enum err noun##_new(                                            \
	    struct call *c, union any *n, const struct secret *s)              \
	{                                                                      \
		(void)s;                                                       \
		return ADD(c, &n->noun);                                       \
	}                                                                      \
	static enum err noun##_save(                                           \
	    struct call *c, union any *n, const struct secret *s)              \
	{                                                                      \
		(void)s;                                                       \
		return SET(c, &n->noun);                                       \
	}
#define STARTS(noun)                                                           \
	static void noun##_start(union any *n)                                 \
	{                                                                      \
		noun##_defaults(&n->noun);                                     \
	}

LISTS(network, network, network_list)
LISTS(plan, plan, plan_list)
LISTS(rule, rule, rule_list)
LISTS(ap, access_point, ap_list)
LISTS(unit, unit, units_list)
LISTS(webhook, webhook, webhooks_list)
READS(network, network_get)
READS(plan, plan_get)
READS(ap, ap_get)
READS(unit, units_get)
READS(webhook, webhooks_get)
WRITES(network, network_add, network_set)
WRITES(plan, plan_add, plan_set)
WRITES(rule, rule_add, rule_set)
WRITES(unit, units_add, units_set)
STARTS(network)
STARTS(plan)
STARTS(rule)
STARTS(ap)

/* Rules are few and have no look-up of their own. */
static enum err
rule_one(struct call *c, const struct uid *id, union any *out)
{
	struct rule *v = NULL;
	size_t n = 0;
	enum err e = rule_list(c, &v, &n);

	for (size_t i = 0; e == ERR_OK && i < n; i++)
		if (uid_same(&v[i].id, id)) {
			out->rule = v[i];
			return ERR_OK;
		}
	return e ? e : ERR_NOT_FOUND;
}

static enum err
ap_new(struct call *c, union any *n, const struct secret *s)
{
	return ap_add(c, &n->ap, s);
}

static enum err
ap_save(struct call *c, union any *n, const struct secret *s)
{
	return ap_set(c, &n->ap, s->len ? s : NULL);
}

static void
unit_start(union any *n)
{
	n->unit.vlan = 0;
}

/* Adding one shows its secret: that is a call of its own. */
static enum err
webhook_save(struct call *c, union any *n, const struct secret *s)
{
	(void)s;
	return webhooks_set(c, &n->webhook);
}

static void
webhook_start(union any *n)
{
	n->webhook.state = WEBHOOK_ACTIVE;
}

static const struct kind kinds[] = {
    {"networks", network_fields, sizeof(struct network), network_all,
	network_one, network_new, network_save, network_remove, NULL,
	network_start},
    {"plans", plan_fields, sizeof(struct plan), plan_all, plan_one, plan_new,
	plan_save, plan_remove, plan_set_now, plan_start},
    {"rules", rule_fields, sizeof(struct rule), rule_all, rule_one, rule_new,
	rule_save, rule_remove, NULL, rule_start},
    {"access-points", ap_fields, sizeof(struct access_point), ap_all, ap_one,
	ap_new, ap_save, ap_remove, NULL, ap_start},
    {"units", unit_fields, sizeof(struct unit), unit_all, unit_one, unit_new,
	unit_save, units_remove, NULL, unit_start},
    {"webhooks", webhook_fields, sizeof(struct webhook), webhook_all,
	webhook_one, NULL, webhook_save, webhooks_remove, NULL, webhook_start},
};

static const struct kind *
kind_of(const struct api *a)
{
	const char *word = a->row->pattern + strlen("/api/v1/");
	size_t n = strcspn(word, "/");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strlen(kinds[i].word) == n &&
		    strncmp(kinds[i].word, word, n) == 0)
			return &kinds[i];
	return &kinds[0];
}

static int64_t *
version_of(const struct kind *k, union any *n)
{
	const struct field *f = field_find(k->fields, "version");

	return (int64_t *)(void *)((char *)n + f->offset);
}

static enum err
answer(struct api *a, const struct kind *k, union any *n)
{
	const struct field *id = field_find(k->fields, "id");

	api_done(a,
	    (const struct uid *)(const void *)((const char *)n + id->offset),
	    *version_of(k, n));
	a->out = api_object(k->fields, n);
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_noun_list(struct api *a)
{
	const struct kind *k = kind_of(a);
	void *list = NULL;
	size_t n = 0;
	enum err e = k->list(a->c, &list, &n);

	return e ? e : api_list(a, k->fields, list, n, k->size, true);
}

enum err
api_noun_get(struct api *a)
{
	const struct kind *k = kind_of(a);
	union any n;
	enum err e;

	memset(&n, 0, sizeof(n));
	e = k->get(a->c, &a->id, &n);
	return e ? e : answer(a, k, &n);
}

static enum err
secret_of(struct api *a, struct secret *out)
{
	const json_t *j = json_object_get(a->body, "secret");

	if (j == NULL)
		return ERR_OK;
	if (!json_is_string(j))
		return why_set(&a->c->why, ERR_BAD_INPUT, "secret",
		    "secret: expected text");
	return secret_set(out, json_string_value(j), json_string_length(j));
}

enum err
api_noun_add(struct api *a)
{
	OWN(secret) struct secret s = SECRET_NONE;
	const struct kind *k = kind_of(a);
	union any n;
	enum err e;

	memset(&n, 0, sizeof(n));
	k->start(&n);
	if ((e = api_read(a, k->fields, &n, true)) || (e = secret_of(a, &s)) ||
	    (e = k->add(a->c, &n, &s)))
		return e;
	return answer(a, k, &n);
}

/* What callers may not set stays. */
static void
forget(const struct kind *k, union any *n)
{
	union any fresh;

	memset(&fresh, 0, sizeof(fresh));
	k->start(&fresh);
	for (const struct field *f = k->fields; f->name; f++)
		if (f->flags & FIELD_SET)
			memcpy((char *)n + f->offset,
			    (char *)&fresh + f->offset, f->size);
}

static bool
at_once(const struct api *a, const struct kind *k)
{
	return k->set_now &&
	       strcmp(form_text(&a->p->query, "effect"), "now") == 0;
}

static enum err
change(struct api *a, bool whole)
{
	OWN(secret) struct secret s = SECRET_NONE;
	const struct kind *k = kind_of(a);
	union any n;
	enum err e;

	memset(&n, 0, sizeof(n));
	if ((e = k->get(a->c, &a->id, &n)))
		return e;
	if (whole)
		forget(k, &n);
	if ((e = api_read(a, k->fields, &n, whole)) || (e = secret_of(a, &s)))
		return e;
	*version_of(k, &n) = a->match;
	e = at_once(a, k) ? k->set_now(a->c, &n.plan) : k->set(a->c, &n, &s);
	if (e)
		return e;
	return answer(a, k, &n);
}

enum err
api_noun_put(struct api *a)
{
	return change(a, true);
}

enum err
api_noun_patch(struct api *a)
{
	return change(a, false);
}

enum err
api_noun_remove(struct api *a)
{
	const struct kind *k = kind_of(a);
	union any n;
	enum err e;

	memset(&n, 0, sizeof(n));
	if ((e = k->get(a->c, &a->id, &n)))
		return e;
	if (a->match != 0 && a->match != *version_of(k, &n))
		return ERR_PRECONDITION;
	return k->remove(a->c, &a->id);
}
