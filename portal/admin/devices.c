/* All devices, as staff sees them. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/devices.h"
#include "portal/admin/admin.h"
#include "portal/web/route.h"
#include "portal/web/said.h"

static const char *const which_words[] = {
    [DEVICES_ALL] = "", [DEVICES_ON_AIR] = "on", [DEVICES_BLOCKED] = "blocked"};

enum devices_which
admin_devices_which(const struct form *f)
{
	const char *word = form_text(f, "which");

	for (enum devices_which w = DEVICES_ALL; w <= DEVICES_BLOCKED; w++)
		if (strcmp(word, which_words[w]) == 0)
			return w;
	return DEVICES_ALL;
}

static enum err
rows(struct page *p, const struct device_view *all, size_t n,
    struct tpl_device_row **out)
{
	struct tpl_device_row *v = arena_array(p->arena, n + 1, sizeof(*v));

	if ((*out = v) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const struct device_view *d = &all[i];

		v[i] = (struct tpl_device_row){.id = d->device.id.s,
		    .mac = said_mac(p->arena, &d->device.mac),
		    .name = d->device.name,
		    .random = mac_is_random(&d->device.mac),
		    .person_id = d->person.s,
		    .person = d->who,
		    .key_id = d->device.key.s,
		    .key = d->key,
		    .network = d->network,
		    .last = d->device.last_seen,
		    .place_id = d->ap.s,
		    .place = d->place,
		    .is_on = d->on_air,
		    .blocked = d->device.blocked};
		if (v[i].mac == NULL)
			return ERR_NO_MEMORY;
	}
	return ERR_OK;
}

enum err
admin_devices(struct page *p)
{
	struct device_filter f = {.search = form_text(&p->query, "q"),
	    .which = admin_devices_which(&p->query),
	    .offset = admin_offset(p),
	    .limit = ADMIN_PAGE};
	struct device_view *all = NULL;
	struct tpl_device_row *v;
	size_t n = 0, total = 0;
	enum err e;

	if ((e = devices_list(&p->call, &f, &all, &n, &total)) ||
	    (e = rows(p, all, n, &v)))
		return e;
	return PAGE(p, admin_devices, .q = f.search,
	    .which = which_words[f.which], .is_all = f.which == DEVICES_ALL,
	    .is_on = f.which == DEVICES_ON_AIR,
	    .is_blocked = f.which == DEVICES_BLOCKED, .rows = {v, n},
	    .may_edit = call_may(&p->call, ROLE_ADMIN),
	    .may_change = call_may(&p->call, ROLE_OPERATOR) ||
			  call_may(&p->call, ROLE_ADMIN),
	    .done = form_text(&p->query, "done"), .from = (int64_t)f.offset,
	    .pager = admin_pager(f.offset, n, total, ADMIN_PAGE));
}

/* Back to the list where it was looked at: a device may have lost its
 * password, and then no other page has it. */
static enum err
back(struct page *p)
{
	const char *q = page_query(p, form_text(&p->form, "q"));
	int64_t from = 0;

	(void)text_int(form_text(&p->form, "from"), 0, INT32_MAX, &from);
	return page_gof(p, "/admin/devices?which=%s&from=%lld&q=%s&done=device",
	    which_words[admin_devices_which(&p->form)], (long long)from,
	    q ? q : "");
}

enum err
admin_device_act(struct page *p)
{
	const char *act = form_text(&p->form, "act");
	struct uid id = page_id(p, 0), key;
	enum err e = ERR_BAD_INPUT;

	if (strcmp(act, "block") == 0)
		e = device_set_blocked(&p->call, &id, true);
	else if (strcmp(act, "unblock") == 0)
		e = device_set_blocked(&p->call, &id, false);
	else if (strcmp(act, "remove") == 0)
		e = device_remove(&p->call, &id);
	if (e != ERR_OK)
		return e;
	if (!uid_parse(form_text(&p->form, "key"), &key))
		return back(p);
	return page_gof(p, "/admin/keys/%s?done=device", key.s);
}
