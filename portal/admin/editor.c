#include "portal/admin/editor.h"

#include <string.h>

#include "core/base/say.h"

#define LISTS(noun, type)                                                      \
	static enum err noun##s(struct call *c, void **out, size_t *n)         \
	{                                                                      \
		struct type *v = NULL;                                         \
		enum err e = noun##_list(c, &v, n);                            \
                                                                               \
		*out = v;                                                      \
		return e;                                                      \
	}

#define PLAIN(noun, type)                                                      \
	LISTS(noun, type)                                                      \
	static enum err noun##_add_(                                           \
	    struct call *c, union editor_noun *n, const struct secret *s)      \
	{                                                                      \
		(void)s;                                                       \
		return noun##_add(c, &n->noun);                                \
	}                                                                      \
	static enum err noun##_set_(                                           \
	    struct call *c, union editor_noun *n, const struct secret *s)      \
	{                                                                      \
		(void)s;                                                       \
		return noun##_set(c, &n->noun);                                \
	}

PLAIN(network, network)
PLAIN(plan, plan)
PLAIN(rule, rule)
LISTS(ap, access_point)
#define unit_list units_list
#define unit_add units_add
#define unit_set units_set
PLAIN(unit, unit)
#undef unit_list
#undef unit_add
#undef unit_set

static enum err
plan_set_now_(struct call *c, union editor_noun *n, const struct secret *s)
{
	(void)s;
	return plan_set_now(c, &n->plan);
}

static enum err
network_get_(struct call *c, const struct uid *id, union editor_noun *n)
{
	return network_get(c, id, &n->network);
}

static enum err
plan_get_(struct call *c, const struct uid *id, union editor_noun *n)
{
	return plan_get(c, id, &n->plan);
}

static enum err
ap_get_(struct call *c, const struct uid *id, union editor_noun *n)
{
	return ap_get(c, id, &n->ap);
}

static enum err
unit_get_(struct call *c, const struct uid *id, union editor_noun *n)
{
	return units_get(c, id, &n->unit);
}

/* Rules are few and have no look-up of their own. */
static enum err
rule_get_(struct call *c, const struct uid *id, union editor_noun *n)
{
	struct rule *v = NULL;
	size_t count = 0;
	enum err e = rule_list(c, &v, &count);

	for (size_t i = 0; e == ERR_OK && i < count; i++)
		if (uid_same(&v[i].id, id)) {
			n->rule = v[i];
			return ERR_OK;
		}
	return e != ERR_OK ? e : ERR_NOT_FOUND;
}

static enum err
ap_add_(struct call *c, union editor_noun *n, const struct secret *s)
{
	return ap_add(c, &n->ap, s);
}

static enum err
ap_set_(struct call *c, union editor_noun *n, const struct secret *s)
{
	return ap_set(c, &n->ap, s->len > 0 ? s : NULL);
}

static void
network_start(union editor_noun *n)
{
	memcpy(n->network.time_zone, "UTC", 4);
}

static void
plan_start(union editor_noun *n)
{
	plan_defaults(&n->plan);
}

static void
rule_start(union editor_noun *n)
{
	n->rule.priority = 100;
	memcpy(n->rule.claim, "groups", 7);
}

static void
ap_start(union editor_noun *n)
{
	memcpy(n->ap.dialect, "generic", 8);
	n->ap.ma = MA_REQUIRE;
}

static void
unit_start(union editor_noun *n)
{
	n->unit.vlan = 0;
}

static const struct editor editors[] = {
    {"networks", SAY("Networks"), SAY("New network"), network_fields,
	sizeof(struct network), false, networks, network_get_, network_add_,
	network_set_, NULL, network_remove, network_start},
    {"plans", SAY("Plans"), SAY("New plan"), plan_fields, sizeof(struct plan),
	false, plans, plan_get_, plan_add_, plan_set_, plan_set_now_,
	plan_remove, plan_start},
    {"rules", SAY("Rules"), SAY("New rule"), rule_fields, sizeof(struct rule),
	false, rules, rule_get_, rule_add_, rule_set_, NULL, rule_remove,
	rule_start},
    {"access-points", SAY("Access points"), SAY("New access point"), ap_fields,
	sizeof(struct access_point), true, aps, ap_get_, ap_add_, ap_set_, NULL,
	ap_remove, ap_start},
    {"units", SAY("Units"), SAY("New unit"), unit_fields, sizeof(struct unit),
	false, units, unit_get_, unit_add_, unit_set_, NULL, units_remove,
	unit_start},
};

const struct editor *
editor_find(const char *word)
{
	for (size_t i = 0; i < sizeof(editors) / sizeof(editors[0]); i++)
		if (strcmp(word, editors[i].word) == 0)
			return &editors[i];
	return NULL;
}
