/* Passwords as a file, for access points that cannot ask. */
#include "core/service/export.h"

#include <string.h>

#include "core/service/setup.h"
#include "portal/admin/choices.h"
#include "portal/web/route.h"

/* The groups that access points are in, each once. */
static enum err
groups(struct page *p, struct tpl_admin_export *t)
{
	struct access_point *all = NULL;
	struct tpl_choice *v;
	size_t n = 0, m = 0, k;
	enum err e = ap_list(&p->call, &all, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		for (k = 0; k < m && strcmp(v[k].value, all[i].group) != 0;)
			k++;
		if (k == m && all[i].group[0])
			v[m++] = (struct tpl_choice){
			    all[i].group, all[i].group, false};
	}
	t->groups.v = v;
	t->groups.n = m;
	return ERR_OK;
}

static enum err
show(struct page *p, const char *wrong, int status)
{
	struct tpl_admin_export t = {.wrong = wrong, .most = EXPORT_KEYS_MAX};
	enum err e;

	if ((e = admin_network_choices(p, form_text(&p->form, "network"),
		 &t.networks.v, &t.networks.n)) ||
	    (e = groups(p, &t)))
		return e;
	render_admin_export(&p->view, &t, &p->rp->body);
	return page_html(p, status);
}

enum err
admin_export(struct page *p)
{
	return show(p, "", 200);
}

enum err
admin_export_take(struct page *p)
{
	static const char *const names[] = {
	    "wpa_psk_file", "vlan_file", "passwords.csv"};
	const char *words;
	enum export_form form;
	struct uid id;
	size_t n;
	enum err e;

	if (!uid_parse(form_text(&p->form, "network"), &id) ||
	    !export_form_parse(form_text(&p->form, "form"), &form))
		return ERR_BAD_INPUT;
	e = export_keys(&p->call, &id, form_text(&p->form, "group"), form,
	    &p->rp->body, &n);
	if (e == ERR_LIMIT) {
		words = arena_text(p->arena, p->call.why.text);
		return words ? show(p, words, err_http(e)) : ERR_NO_MEMORY;
	}
	if (e != ERR_OK)
		return e;
	return page_file(p,
	    form == EXPORT_CSV ? "text/csv; charset=utf-8"
			       : "text/plain; charset=utf-8",
	    names[form]);
}
