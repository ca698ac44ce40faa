/* All devices, as staff sees them. */
#include <string.h>

#include "core/service/devices.h"
#include "portal/admin/admin.h"
#include "portal/web/route.h"
#include "portal/web/said.h"

static const char *const which_words[] = {
    [DEVICES_ALL] = "", [DEVICES_ON_AIR] = "on", [DEVICES_BLOCKED] = "blocked"};

static enum err
rows(struct page *p, const struct device_view *all, size_t n,
    struct tpl_device_row **out)
{
	struct tpl_device_row *v = arena_array(p->arena, n + 1, sizeof(*v));

	if ((*out = v) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const struct device_view *d = &all[i];

		v[i] = (struct tpl_device_row){
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
	const char *which = form_text(&p->query, "which");
	struct device_filter f = {.search = form_text(&p->query, "q"),
	    .offset = admin_offset(p),
	    .limit = ADMIN_PAGE};
	struct device_view *all = NULL;
	struct tpl_device_row *v;
	size_t n = 0, total = 0;
	enum err e;

	if (strcmp(which, which_words[DEVICES_ON_AIR]) == 0)
		f.which = DEVICES_ON_AIR;
	else if (strcmp(which, which_words[DEVICES_BLOCKED]) == 0)
		f.which = DEVICES_BLOCKED;
	if ((e = devices_list(&p->call, &f, &all, &n, &total)) ||
	    (e = rows(p, all, n, &v)))
		return e;
	return PAGE(p, admin_devices, .q = f.search,
	    .which = which_words[f.which], .is_all = f.which == DEVICES_ALL,
	    .is_on = f.which == DEVICES_ON_AIR,
	    .is_blocked = f.which == DEVICES_BLOCKED, .rows = {v, n},
	    .may_edit = call_may(&p->call, ROLE_ADMIN),
	    .pager = admin_pager(f.offset, n, total, ADMIN_PAGE));
}
