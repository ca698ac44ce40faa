/* Wi-Fi passwords, their devices, their visits. */
#include "portal/api/keys.h"

#include <string.h>

#include "core/base/text.h"
#include "core/service/devices.h"
#include "core/service/export.h"
#include "portal/api/body.h"

enum { VISITS_MAX = 1000 };

static json_t *
view_json(const struct key_view *v)
{
	json_t *j = api_object(key_fields, &v->key);

	(void)json_object_set_new(
	    j, "standing", json_string(key_standing_text(v->standing)));
	(void)json_object_set_new(
	    j, "devices", json_integer((json_int_t)v->devices));
	(void)json_object_set_new(j, "in_use", json_boolean(v->in_use));
	return j;
}

enum err
api_key_view(struct api *a, const struct key_view *v)
{
	api_done(a, &v->key.id, v->key.version);
	a->out = view_json(v);
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_key_views(struct api *a, const struct key_view *list, size_t n, bool slice)
{
	size_t from = slice ? a->offset : 0, to = n;

	if (slice && a->offset + a->limit < n)
		to = a->offset + a->limit;
	if (slice)
		a->total = n;
	a->is_list = true;
	a->out = json_array();
	for (size_t i = from; i < to; i++)
		if (json_array_append_new(a->out, view_json(&list[i])))
			return ERR_NO_MEMORY;
	return ERR_OK;
}

static enum err
standing(struct api *a, int *out)
{
	const char *t = form_get(&a->p->query, "standing");
	enum key_standing s;

	*out = -1;
	if (t == NULL)
		return ERR_OK;
	if (!key_standing_parse(t, &s))
		return why_set(&a->c->why, ERR_BAD_INPUT, "standing",
		    "standing: expected scheduled, active, suspended, expired "
		    "or revoked");
	*out = (int)s;
	return ERR_OK;
}

enum err
api_key_list(struct api *a)
{
	struct key_filter f = {.search = form_text(&a->p->query, "search"),
	    .offset = a->offset,
	    .limit = a->limit};
	struct key_view *list = NULL;
	size_t n = 0;
	enum err e;

	if ((e = standing(a, &f.standing)) ||
	    (e = api_query_id(a, "network", &f.network)) ||
	    (e = api_query_id(a, "plan", &f.plan)) ||
	    (e = api_query_id(a, "person", &f.person)) ||
	    (e = keys_list(a->c, &f, &list, &n, &a->total)))
		return e;
	return api_key_views(a, list, n, false);
}

enum err
api_key_issue_(struct api *a)
{
	struct wifi_key k = {.kind = KEY_PERSONAL};
	struct key_order o;
	struct key_view v;
	enum err e;

	if ((e = api_read(a, key_fields, &k, true)))
		return e;
	o = (struct key_order){.person = k.person,
	    .unit = k.unit,
	    .network = k.network,
	    .plan = k.plan,
	    .kind = k.kind,
	    .name = k.name,
	    .not_before = k.not_before,
	    .not_after = k.not_after,
	    .devices_max = k.devices_max};
	if ((e = keys_issue(a->c, &o, &v)))
		return e;
	return api_key_view(a, &v);
}

enum err
api_key_get(struct api *a)
{
	struct key_view v;
	enum err e = keys_get(a->c, &a->id, &v);

	return e ? e : api_key_view(a, &v);
}

enum err
api_key_as_it_is(struct api *a)
{
	api_done(a, &a->id, 0);
	return api_key_get(a);
}

enum err
api_key_patch(struct api *a)
{
	const json_t *name = json_object_get(a->body, "name");
	const json_t *end = json_object_get(a->body, "not_after");
	struct api_body b = {0};
	int64_t version = a->match;
	enum err e;

	if ((e = api_read(a, shape_find("key_change")->fields, &b, true)))
		return e;
	if (name && end)
		return why_set(&a->c->why, ERR_BAD_INPUT, "not_after",
		    "Change either name or not_after in one request.");
	if ((name && (e = keys_rename(a->c, &a->id, b.name, version))) ||
	    (end && (e = keys_set_end(a->c, &a->id, b.not_after, version))))
		return e;
	return api_key_as_it_is(a);
}

enum err
api_key_reveal(struct api *a)
{
	OWN(secret) struct secret s = SECRET_NONE;
	enum err e = keys_reveal(a->c, &a->id, "api", &s);

	if (e)
		return e;
	a->out = json_pack("{ss}", "passphrase", secret_text(&s));
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_key_rotate_(struct api *a)
{
	struct api_body b = {0};
	struct key_view v;
	enum err e;

	if ((e = api_read(a, shape_find("rotation")->fields, &b, true)) ||
	    (e = keys_rotate(a->c, &a->id, b.overlap, &v)))
		return e;
	return api_key_view(a, &v);
}

enum err
api_key_export(struct api *a)
{
	OWN(buf) struct buf out = BUF(EXPORT_MAX);
	struct api_body b = {0};
	enum export_form form;
	size_t n;
	enum err e;

	if ((e = api_read(a, shape_find("export_order")->fields, &b, true)))
		return e;
	if (!export_form_parse(b.form, &form))
		return why_set(&a->c->why, ERR_BAD_INPUT, "form",
		    "form: expected psk-file, vlan-file or csv");
	e = export_keys(a->c, &a->id, b.group, form, &out, &n);
	if (e == ERR_OK) {
		a->out = json_pack(
		    "{sI ss}", "count", (json_int_t)n, "text", buf_str(&out));
		e = a->out ? ERR_OK : ERR_NO_MEMORY;
	}
	return e;
}

static enum err
with_reason(struct api *a,
    enum err (*act)(struct call *c, const struct uid *id, const char *reason))
{
	struct api_body b = {0};
	enum err e;

	if ((e = api_read(a, shape_find("reason")->fields, &b, true)) ||
	    (e = act(a->c, &a->id, b.reason)))
		return e;
	return api_key_as_it_is(a);
}

enum err
api_key_revoke_(struct api *a)
{
	return with_reason(a, keys_revoke);
}

enum err
api_key_suspend(struct api *a)
{
	return with_reason(a, keys_suspend);
}

enum err
api_key_restore(struct api *a)
{
	enum err e = keys_restore(a->c, &a->id);

	return e ? e : api_key_as_it_is(a);
}

enum err
api_key_devices(struct api *a)
{
	struct device *list = NULL;
	size_t n = 0;
	enum err e = devices_of_key(a->c, &a->id, &list, &n);

	return e ? e : api_list(a, device_fields, list, n, sizeof(*list), true);
}

enum err
api_key_device_add(struct api *a)
{
	struct device d = {0}, made;
	char mac[MAC_TEXT];
	enum err e;

	if ((e = api_read(a, device_fields, &d, true)))
		return e;
	if (json_object_get(a->body, "mac") == NULL)
		return why_set(
		    &a->c->why, ERR_BAD_INPUT, "mac", "mac must be given.");
	mac_text(&d.mac, mac);
	if ((e = device_register(a->c, &a->id, mac, d.name, &made)))
		return e;
	api_done(a, &made.id, 0);
	a->out = api_object(device_fields, &made);
	return a->out ? ERR_OK : ERR_NO_MEMORY;
}

enum err
api_key_visits(struct api *a)
{
	struct visit *list = NULL;
	size_t n = 0;
	enum err e = visits_of_key(a->c, &a->id, VISITS_MAX, &list, &n);

	return e ? e : api_list(a, visit_fields, list, n, sizeof(*list), true);
}

enum err
api_device_patch(struct api *a)
{
	const json_t *name = json_object_get(a->body, "name");
	const json_t *blocked = json_object_get(a->body, "blocked");
	struct api_body b = {0};
	enum err e;

	if ((e = api_read(a, shape_find("device_change")->fields, &b, true)) ||
	    (!name && !blocked))
		return e;
	return device_change(
	    a->c, &a->id, name ? b.name : NULL, blocked ? &b.blocked : NULL);
}

enum err
api_device_forget(struct api *a)
{
	return device_remove(a->c, &a->id);
}
