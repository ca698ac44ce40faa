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
