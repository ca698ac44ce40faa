#include "portal/admin/choices.h"

#include <string.h>

#include "core/service/setup.h"
#include "core/service/units.h"

/* The same for each noun that has an id and a name. */
#define CHOICES(function, noun, list)                                          \
	enum err function(struct page *p, const char *chosen,                  \
	    const struct tpl_choice **out, size_t *n)                          \
	{                                                                      \
		struct noun *all = NULL;                                       \
		struct tpl_choice *v;                                          \
		enum err e = list(&p->call, &all, n);                          \
                                                                               \
		if (e != ERR_OK)                                               \
			return e;                                              \
		if ((v = arena_array(p->arena, *n + 1, sizeof(*v))) == NULL)   \
			return ERR_NO_MEMORY;                                  \
		for (size_t i = 0; i < *n; i++)                                \
			v[i] = (struct tpl_choice){all[i].id.s, all[i].name,   \
			    strcmp(all[i].id.s, chosen) == 0};                 \
		*out = v;                                                      \
		return ERR_OK;                                                 \
	}

CHOICES(admin_plan_choices, plan, plan_list)
CHOICES(admin_network_choices, network, network_list)
CHOICES(admin_ap_choices, access_point, ap_list)
CHOICES(admin_unit_choices, unit, units_list)

const char *
admin_typed(struct page *p, const char *name, const char *before)
{
	const char *t = form_text(&p->form, name);

	return *t ? t : before;
}

enum err
admin_desk_plans(
    struct page *p, const char *desk, struct tpl_name **out, size_t *n)
{
	struct plan *all = NULL;
	size_t plans = 0;
	enum err e = *desk != '\0' ? plan_list(&p->call, &all, &plans) : ERR_OK;

	*n = 0;
	if (e != ERR_OK)
		return e;
	if ((*out = arena_array(p->arena, plans + 1, sizeof(**out))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < plans; i++)
		if (strstr(desk, all[i].id.s) != NULL)
			(*out)[(*n)++].name = all[i].name;
	return ERR_OK;
}
