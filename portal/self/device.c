/* One device: its name, and taking it off the list. */
#include "core/service/devices.h"

#include "core/base/text.h"
#include "portal/self/card.h"
#include "portal/web/route.h"

/* The device of the path, when it is one of the person's. */
static enum err
mine(struct page *p, struct device *out)
{
	struct uid id = page_id(p, 0);
	struct device *d;
	size_t n;
	enum err e;

	e = devices_of_person(&p->call, &p->session.person, &d, &n);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n; i++)
		if (uid_same(&d[i].id, &id)) {
			*out = d[i];
			return ERR_OK;
		}
	return ERR_NOT_FOUND;
}

static enum err
form(struct page *p, const char *wrong)
{
	struct device d;
	struct key_view key;
	struct tpl_device *v;
	enum err e;

	if ((e = mine(p, &d)) || (e = keys_get(&p->call, &d.key, &key)) ||
	    (e = card_devices(p, &d, 1, &key, 1, &v)))
		return e;
	return PAGE(p, device_edit, .device = *v, .key_id = key.key.id.s,
	    .wrong = wrong);
}

enum err
device_page(struct page *p)
{
	return form(p, "");
}

enum err
device_name(struct page *p)
{
	char *name = arena_text(p->arena, form_text(&p->form, "name"));
	struct device d;
	enum err e;

	if (name == NULL)
		return ERR_NO_MEMORY;
	if (!text_name(name, NAME_MAX_))
		return form(
		    p, "Please give it a name of at most 100 characters.");
	if ((e = mine(p, &d)) || (e = device_rename(&p->call, &d.id, name)))
		return e;
	return page_go(p, "/?done=renamed");
}

enum err
device_drop(struct page *p)
{
	struct device d;
	enum err e;

	if ((e = mine(p, &d)) || (e = device_remove(&p->call, &d.id)))
		return e;
	return page_go(p, "/?done=removed");
}
