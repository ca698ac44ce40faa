#include "portal/web/tabs.h"

#include <string.h>

#include "core/base/arena.h"
#include "core/base/say.h"

static const struct tab {
	const char *href, *name;
	const char *also[3]; /* beginnings of other addresses that are its */
	bool admin;          /* only for administrators */
} tabs[] = {
    {.href = "/admin", .name = SAY("Overview")},
    {.href = "/admin/people",
	.name = SAY("People"),
	.also = {"/admin/import/people"}},
    {.href = "/admin/units", .name = SAY("Units")},
    {.href = "/admin/keys",
	.name = SAY("Passwords"),
	.also = {"/admin/import/keys", "/admin/rotations", "/admin/export"}},
    {.href = "/admin/devices", .name = SAY("Devices")},
    {.href = "/admin/visits", .name = SAY("Visits")},
    {.href = "/admin/vouchers", .name = SAY("Vouchers")},
    {.href = "/admin/networks", .name = SAY("Networks")},
    {.href = "/admin/plans", .name = SAY("Plans"), .also = {"/admin/pools"}},
    {.href = "/admin/rules", .name = SAY("Rules"), .also = {"/admin/try"}},
    {.href = "/admin/access-points",
	.name = SAY("Access points"),
	.also = {"/admin/guides"}},
    {.href = "/admin/why", .name = SAY("Refusals")},
    {.href = "/admin/tokens", .name = SAY("Tokens"), .admin = true},
    {.href = "/admin/webhooks", .name = SAY("Webhooks"), .admin = true},
    {.href = "/admin/outbox", .name = SAY("Outbox")},
    {.href = "/admin/audit", .name = SAY("Audit")},
    {.href = "/admin/system", .name = SAY("System"), .admin = true},
};

enum {
	TABS = sizeof(tabs) / sizeof(*tabs),
	ALSO = sizeof(tabs->also) / sizeof(*tabs->also),
};

static bool
under(const char *path, const char *top)
{
	size_t n = strlen(top);

	return strncmp(path, top, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/');
}

static bool
here(const struct tab *t, const char *path)
{
	for (size_t i = 0; i < ALSO && t->also[i] != NULL; i++)
		if (under(path, t->also[i]))
			return true;
	return t == tabs ? strcmp(path, t->href) == 0 : under(path, t->href);
}

void
tabs_offer(struct page *p)
{
	bool admin = (p->call.actor.roles & 1 << ROLE_ADMIN) != 0;
	struct tpl_tab *v;
	size_t n = 0;

	if (!under(p->rq->path, tabs->href) ||
	    (v = arena_array(p->arena, TABS, sizeof(*v))) == NULL)
		return;
	for (size_t i = 0; i < TABS; i++)
		if (admin || !tabs[i].admin)
			v[n++] = (struct tpl_tab){.href = tabs[i].href,
			    .name = tabs[i].name,
			    .here = here(&tabs[i], p->rq->path)};
	p->view.tabs.v = v;
	p->view.tabs.n = n;
}

void
tabs_where(struct page *p)
{
	p->view.in_admin = under(p->rq->path, tabs->href);
	p->view.in_desk = under(p->rq->path, "/desk");
	p->view.in_sponsor = under(p->rq->path, "/guest/mine");
}
