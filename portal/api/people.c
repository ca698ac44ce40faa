/* People and units. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/devices.h"
#include "core/service/people.h"
#include "core/service/units.h"
#include "portal/api/api.h"
#include "portal/api/body.h"
#include "portal/api/keys.h"

static enum err
answer(struct api *a, const struct person *p)
{
	api_done(a, &p->id, p->version);
	a->out = api_object(person_fields, p);
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_people_list_(struct api *a)
{
	struct person *list = NULL;
	size_t n = 0;
	enum err e = people_list(a->c, form_text(&a->p->query, "search"),
	    a->offset, a->limit, &list, &n, &a->total);

	return e ? e
		 : api_list(a, person_fields, list, n, sizeof(*list), false);
}

enum err
api_people_add_(struct api *a)
{
	struct person p = {0};
	enum err e;

	if ((e = api_read(a, person_fields, &p, true)) ||
	    (e = people_add(a->c, &p)))
		return e;
	return answer(a, &p);
}

enum err
api_people_get_(struct api *a)
{
	struct person p;
	enum err e = people_get(a->c, &a->id, &p);

	return e ? e : answer(a, &p);
}

static enum err
as_it_is(struct api *a)
{
	api_done(a, &a->id, 0);
	return api_people_get_(a);
}

enum err
api_people_state(struct api *a)
{
	struct api_body b = {0};
	enum err e;

	if ((e = api_read(a, shape_find("state")->fields, &b, true)) ||
	    (e = people_set_state(
		 a->c, &a->id, (enum person_state)b.state, b.reason)))
		return e;
	return as_it_is(a);
}

enum err
api_people_keys(struct api *a)
{
	struct key_view *list = NULL;
	struct person p;
	size_t n = 0;
	enum err e;

	if ((e = people_get(a->c, &a->id, &p)) ||
	    (e = keys_of(a->c, &a->id, &list, &n)))
		return e;
	return api_key_views(a, list, n, true);
}

enum err
api_people_devices(struct api *a)
{
	struct device *list = NULL;
	struct person p;
	size_t n = 0;
	enum err e;

	if ((e = people_get(a->c, &a->id, &p)) ||
	    (e = devices_of_person(a->c, &a->id, &list, &n)))
		return e;
	return api_list(a, device_fields, list, n, sizeof(*list), true);
}

enum err
api_people_merge_(struct api *a)
{
	struct api_body b = {0};
	enum err e;

	if ((e = api_read(a, shape_find("merge")->fields, &b, true)) ||
	    (e = people_merge(a->c, &a->id, &b.id)))
		return e;
	return as_it_is(a);
}

enum err
api_people_forget_(struct api *a)
{
	return people_forget(a->c, &a->id);
}

enum err
api_unit_state(struct api *a)
{
	struct api_body b = {0};
	enum err e;

	if ((e = api_read(a, shape_find("state")->fields, &b, true)) ||
	    (e = units_set_state(
		 a->c, &a->id, (enum person_state)b.state, b.reason)))
		return e;
	api_done(a, &a->id, 0);
	return api_noun_get(a);
}

enum err
api_unit_members(struct api *a)
{
	struct unit_member *list = NULL;
	size_t n = 0;
	enum err e = units_members(a->c, &a->id, &list, &n);

	if (e)
		return e;
	if ((e = api_list(a, person_fields, list, n, sizeof(*list), true)))
		return e;
	for (size_t i = 0; i < json_array_size(a->out); i++)
		(void)json_object_set_new(json_array_get(a->out, i), "manager",
		    json_boolean(list[a->offset + i].manager));
	return ERR_OK;
}

enum err
api_unit_keys(struct api *a)
{
	struct key_view *list = NULL;
	struct unit u;
	size_t n = 0;
	enum err e;

	if ((e = units_get(a->c, &a->id, &u)) ||
	    (e = keys_of_unit(a->c, &a->id, &list, &n)))
		return e;
	return api_key_views(a, list, n, true);
}

enum err
api_unit_member_set(struct api *a)
{
	struct api_body b = {0};
	enum err e = api_read(a, shape_find("member")->fields, &b, true);

	return e ? e : units_member_set(a->c, &a->id, &a->second, b.manager);
}

enum err
api_unit_member_remove(struct api *a)
{
	return units_member_remove(a->c, &a->id, &a->second);
}
