/* All devices and all visits, as they are looked for. */
#include <string.h>

#include "core/service/devices.h"
#include "portal/api/api.h"

/* ID as a member of J, null when it is none. */
static void
add_id(json_t *j, const char *name, const struct uid *id)
{
	(void)json_object_set_new(
	    j, name, uid_is_none(id) ? json_null() : json_string(id->s));
}

static enum err
which(struct api *a, enum devices_which *out)
{
	const char *t = form_get(&a->p->query, "which");

	*out = DEVICES_ALL;
	if (t == NULL)
		return ERR_OK;
	*out = strcmp(t, "on_air") == 0 ? DEVICES_ON_AIR : DEVICES_BLOCKED;
	if (*out == DEVICES_ON_AIR || strcmp(t, "blocked") == 0)
		return ERR_OK;
	return why_set(&a->c->why, ERR_BAD_INPUT, "which",
	    "which: expected on_air or blocked");
}

enum err
api_device_list_(struct api *a)
{
	struct device_filter f = {.search = form_text(&a->p->query, "search"),
	    .offset = a->offset,
	    .limit = a->limit};
	struct device_view *list = NULL;
	size_t n = 0;
	enum err e;

	if ((e = which(a, &f.which)) ||
	    (e = devices_list(a->c, &f, &list, &n, &a->total)))
		return e;
	a->is_list = true;
	a->out = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *j = api_object(device_fields, &list[i].device);

		add_id(j, "person", &list[i].person);
		add_id(j, "ap", &list[i].ap);
		(void)json_object_set_new(
		    j, "on_air", json_boolean(list[i].on_air));
		if (json_array_append_new(a->out, j))
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

static enum err
device_asked(struct api *a, struct mac *m, const struct mac **out)
{
	const char *t = form_get(&a->p->query, "mac");

	*out = NULL;
	if (t == NULL)
		return ERR_OK;
	if (!mac_parse(t, strlen(t), m, NULL))
		return why_set(&a->c->why, ERR_BAD_INPUT, "mac",
		    "mac: expected the address of a device");
	*out = m;
	return ERR_OK;
}

enum err
api_visit_list_(struct api *a)
{
	struct visit_filter f = {.search = form_text(&a->p->query, "search"),
	    .offset = a->offset,
	    .limit = a->limit};
	struct visit_view *list = NULL;
	struct mac mac;
	size_t n = 0;
	enum err e;

	if ((e = device_asked(a, &mac, &f.mac)) ||
	    (e = api_query_id(a, "key", &f.key)) ||
	    (e = api_query_id(a, "person", &f.person)) ||
	    (e = api_query_id(a, "ap", &f.ap)) ||
	    (e = api_query_time(a, "from", &f.from)) ||
	    (e = api_query_time(a, "until", &f.until)) ||
	    (e = visits_list(a->c, &f, &list, &n, &a->total)))
		return e;
	a->is_list = true;
	a->out = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *j = api_object(visit_fields, &list[i].visit);

		add_id(j, "person", &list[i].person);
		if (json_array_append_new(a->out, j))
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}
