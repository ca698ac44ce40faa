/* Lists made of the tables of members. */
#include <string.h>

#include "portal/admin/editor.h"
#include "portal/admin/spoken.h"

enum { CELLS_MAX = 48 };

/* What an id stands for, so that a list can be read. */
static const char *
name_of(struct page *p, const struct field *f, const void *noun)
{
	const struct uid *id = (const void *)((const char *)noun + f->offset);
	struct network *n = arena_get(p->arena, sizeof(*n));
	struct plan *plan = arena_get(p->arena, sizeof(*plan));

	if (uid_is_none(id) || n == NULL || plan == NULL)
		return "";
	if (strcmp(f->name, "network") == 0)
		return network_get(&p->call, id, n) ? id->s : n->name;
	return plan_get(&p->call, id, plan) ? id->s : plan->name;
}

static bool
listed(const struct field *f)
{
	return (f->flags & FIELD_SHORT) && strcmp(f->name, "id") != 0;
}

static struct tpl_cell
cell(struct page *p, const struct field *f, const void *noun)
{
	struct tpl_cell c = {
	    .label = editor_called(p, f->name), .text = "", .said = ""};
	const char *now = editor_value(p, f, noun);
	enum dialect d;

	if (f->kind == FIELD_ID)
		c.text = name_of(p, f, noun);
	else if (f->kind == FIELD_ROLES)
		c.said = spoken_roles(p->arena, p->view.lang,
		    *(const int *)(const void *)((const char *)noun +
						 f->offset));
	else if (strcmp(f->name, "dialect") == 0 && dialect_parse(now, &d))
		c.text = editor_maker(p->view.lang, d);
	else if (f->kind == FIELD_TERM || f->kind == FIELD_BOOL)
		c.said = spoken_term(p->view.lang, f->name, now);
	else
		c.text = now;
	if (c.said == NULL) { /* no words for it yet */
		c.said = "";
		c.text = now;
	}
	return c;
}

static enum err
row(struct page *p, const struct editor *e, const char *noun,
    struct tpl_admin_row *out)
{
	size_t n = 0, title = 0;
	struct tpl_cell *v = arena_array(p->arena, CELLS_MAX, sizeof(*v));

	if (v == NULL)
		return ERR_NO_MEMORY;
	out->id = arena_text(p->arena, editor_value(p, &e->fields[0], noun));
	for (const struct field *f = e->fields; f->name; f++)
		if (listed(f)) {
			v[n] = cell(p, f, noun);
			if (editor_names_it(e, f) && v[n].text[0] != '\0')
				title = n;
			n++;
		}
	out->title = n > 0 ? v[title].text : "";
	/* what the title says is not said again */
	if (n > 0)
		memmove(v + title, v + title + 1, (--n - title) * sizeof(*v));
	out->cells.v = v;
	out->cells.n = n;
	return ERR_OK;
}

enum err
editor_list(struct page *p, const struct editor *e)
{
	void *nouns = NULL;
	size_t n = 0;
	struct tpl_admin_row *rows;
	enum err err = e->list(&p->call, &nouns, &n);

	if (err != ERR_OK)
		return err;
	if ((rows = arena_array(p->arena, n + 1, sizeof(*rows))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		if ((err = row(
			 p, e, (const char *)nouns + i * e->size, &rows[i])))
			return err;
	return PAGE(p, admin_list, .word = e->word, .all = e->title,
	    .networks = strcmp(e->word, "networks") == 0,
	    .plans = strcmp(e->word, "plans") == 0,
	    .rules = strcmp(e->word, "rules") == 0,
	    .aps = strcmp(e->word, "access-points") == 0,
	    .units = strcmp(e->word, "units") == 0, .rows = {rows, n},
	    .may_change = call_may(&p->call, ROLE_ADMIN) ||
			  (strcmp(e->word, "units") == 0 &&
			      call_may(&p->call, ROLE_OPERATOR)),
	    .may_open =
		call_may(&p->call, ROLE_ADMIN) || strcmp(e->word, "units") == 0,
	    .done = form_text(&p->query, "done"));
}
