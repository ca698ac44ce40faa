/* One device: its name, and taking it off the list. */
#include "core/service/devices.h"

#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "portal/self/card.h"
#include "portal/web/barred.h"
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
		    p, SAY("Please give it a name of at most 100 characters."));
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

/* --- registering one that was not seen --- */

/* A hint in the address of the page is only ever shown in the field. */
static const char *
hint(struct page *p)
{
	const char *said = form_text(&p->query, "mac");
	char *text = arena_get(p->arena, MAC_TEXT);
	struct mac m;

	if (text == NULL || !mac_parse(said, strlen(said), &m, NULL))
		return "";
	mac_text(&m, text);
	return text;
}

static enum err
new_form(struct page *p, const char *mac, const char *name, const char *wrong)
{
	bool hinted = mac[0] != '\0' && p->rq->method != HTTP_POST;
	struct tpl_card card;
	struct key_view v;
	enum err e;

	if ((e = card_mine(p, &v)) || (e = card_fill(p, &v, &card)))
		return e;
	if (v.standing != KEY_IS_ACTIVE && v.standing != KEY_IS_SCHEDULED)
		return ERR_BAD_STATE;
	return PAGE(p, device_new, .card = card, .mac = mac, .name = name,
	    .wrong = wrong, .hinted = hinted,
	    .must = v.plan.binding == BINDING_REGISTERED,
	    .wpa3 = v.network.security != SECURITY_WPA2);
}

enum err
device_new_page(struct page *p)
{
	return new_form(p, hint(p), "", "");
}

enum err
device_new(struct page *p)
{
	char *name = arena_text(p->arena, form_text(&p->form, "name"));
	const char *mac = form_text(&p->form, "mac");
	struct key_view v;
	struct device d;
	enum err e;

	if (name == NULL)
		return ERR_NO_MEMORY;
	if ((e = card_mine(p, &v)))
		return e;
	if (!text_name(name, NAME_MAX_))
		return new_form(p, mac, form_text(&p->form, "name"),
		    SAY("Please give it a name of at most 100 characters."));
	e = device_register(&p->call, &v.key.id, mac, name, &d);
	if (e == ERR_BAD_INPUT || e == ERR_EXISTS || e == ERR_LIMIT)
		return new_form(p, mac, name,
		    p->call.why.text[0] != '\0' ? p->call.why.text
						: err_words(e));
	if (e != ERR_OK)
		return e;
	return page_gof(p, "/key/%s?done=registered", v.key.id.s);
}

/* The address that a captive page had, kept in the path over the sign-in; the
 * password it goes to is the first personal one that can be used. */
enum err
device_here(struct page *p)
{
	const char *said = p->rq->args[0];
	char mac[MAC_TEXT];
	struct key_view *v;
	struct mac m;
	bool barred;
	size_t n;
	enum err e;

	if (!mac_parse(said, strlen(said), &m, NULL))
		return ERR_NOT_FOUND;
	if ((e = barred_page(p, &m, &barred)) || barred)
		return e;
	mac_text(&m, mac);
	if ((e = keys_of(&p->call, &p->session.person, &v, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (v[i].key.kind == KEY_PERSONAL &&
		    (v[i].standing == KEY_IS_ACTIVE ||
			v[i].standing == KEY_IS_SCHEDULED))
			return page_gof(
			    p, "/key/%s/device?mac=%s", v[i].key.id.s, mac);
	return page_go(p, "/");
}
