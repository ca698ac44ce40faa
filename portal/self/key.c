/* One password: its page, a new one in its place, the end of it. */
#include "core/base/text.h"
#include "core/service/devices.h"
#include "portal/self/card.h"
#include "portal/self/notice.h"
#include "portal/web/route.h"

/* The key of the path, when it is the person's own. */
static enum err
mine(struct page *p, struct key_view *v)
{
	struct uid id = page_id(p, 0);
	enum err e = keys_get(&p->call, &id, v);

	if (e == ERR_OK && !uid_same(&v->key.person, &p->session.person))
		return ERR_NOT_FOUND;
	return e;
}

static enum err
devices(struct page *p, const struct key_view *v, struct tpl_device **out,
    size_t *n)
{
	struct device *d;
	enum err e = devices_of_key(&p->call, &v->key.id, &d, n);

	return e != ERR_OK ? e : card_devices(p, d, *n, v, 1, out);
}

static enum err
key_show(struct page *p, const char *wrong)
{
	struct key_view v;
	struct tpl_card card;
	struct tpl_device *d;
	struct card_profiles take;
	size_t n;
	enum err e;

	if ((e = mine(p, &v)) || (e = card_reveal(p, &v, &card)) ||
	    (e = devices(p, &v, &d, &n)))
		return e;
	card_profiles(p, &take);
	return PAGE(p, key, .done = notice_done(p), .wrong = wrong,
	    .card = card, .devices = {d, n},
	    .profiles = {take.mine, take.nmine},
	    .others = {take.others, take.nothers}, .version = v.key.version,
	    .living = card_living(v.standing),
	    .may_rotate =
		v.standing == KEY_IS_ACTIVE || v.standing == KEY_IS_SCHEDULED);
}

enum err
key_page(struct page *p)
{
	return key_show(p, notice_wrong(p));
}

enum err
key_name(struct page *p)
{
	char *name = arena_text(p->arena, form_text(&p->form, "name"));
	struct uid id = page_id(p, 0);
	struct key_view v;
	int64_t version;
	enum err e;

	if (name == NULL)
		return ERR_NO_MEMORY;
	if (!text_int(form_text(&p->form, "version"), 0, INT64_MAX, &version))
		return ERR_BAD_INPUT;
	if ((e = mine(p, &v)))
		return e;
	if (!text_name(name, NAME_MAX_))
		return key_show(
		    p, "Please give it a name of at most 100 characters.");
	if ((e = keys_rename(&p->call, &id, name, version)))
		return e;
	return page_gof(p, "/key/%s?done=renamed", id.s);
}

enum err
key_rotate_page(struct page *p)
{
	struct key_view v;
	struct tpl_card card;
	struct tpl_device *d;
	size_t n;
	enum err e;

	if ((e = mine(p, &v)) || (e = card_fill(p, &v, &card)) ||
	    (e = devices(p, &v, &d, &n)))
		return e;
	return PAGE(
	    p, rotate, .card = card, .devices = {d, n}, .seen = (int64_t)n);
}

enum err
key_rotate(struct page *p)
{
	struct key_view v, fresh;
	enum err e;

	if ((e = mine(p, &v)) ||
	    (e = keys_rotate(&p->call, &v.key.id, 0, &fresh)))
		return e;
	return page_gof(p, "/key/%s?done=rotated", fresh.key.id.s);
}

enum err
key_revoke_page(struct page *p)
{
	struct key_view v;
	struct tpl_card card;
	enum err e;

	if ((e = mine(p, &v)) || (e = card_fill(p, &v, &card)))
		return e;
	return PAGE(p, revoke, .card = card, .seen = card.seen);
}

enum err
key_revoke(struct page *p)
{
	struct key_view v;
	enum err e;

	if ((e = mine(p, &v)) || (e = keys_revoke(&p->call, &v.key.id, "")))
		return e;
	return page_go(p, "/?done=revoked");
}
