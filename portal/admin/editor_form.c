/* Forms made of the tables of members. */
#include <stdio.h>
#include <string.h>

#include "core/base/say.h"
#include "core/model/mint.h"
#include "core/service/insight.h"
#include "portal/admin/choices.h"
#include "portal/admin/editor.h"
#include "portal/admin/guide.h"
#include "portal/admin/spoken.h"
#include "portal/web/label.h"
#include "portal/web/tpl.h"

enum { FIELDS_MAX = 48, VALUE_MAX = 600, OPTIONS_MAX = 500 };

/* As label.c says it; a member it does not know yet: "rate_down" -> "rate
 * down". */
const char *
editor_called(struct page *p, const char *name)
{
	const char *said = label_of(p->view.lang, name);
	char *t = arena_text(p->arena, name);

	if (said != NULL)
		return said;
	for (char *c = t; c && *c; c++)
		if (*c == '_')
			*c = ' ';
	return t ? t : name;
}

const char *
editor_value(struct page *p, const struct field *f, const void *noun)
{
	OWN(buf) struct buf b = BUF(VALUE_MAX);
	const char *t;

	field_get(f, noun, &b);
	t = arena_text(p->arena, buf_str(&b));
	return t ? t : "";
}

/* Makers have their names; "any other" is ours to say. */
const char *
editor_maker(int lang, enum dialect d)
{
	return d == DIALECT_GENERIC ? tpl_said(lang, SAY("Any other maker"))
				    : dialect_title(d);
}

/* A rule is known by the value it waits for, all else by what stands first. */
bool
editor_names_it(const struct editor *e, const struct field *f)
{
	return strcmp(e->word, "rules") == 0 && strcmp(f->name, "value") == 0;
}

/* What a new one gets when nothing is chosen, in words; NULL: something is. */
static const char *
left_open(struct page *p, const struct field *f)
{
	return f->kind == FIELD_TERM ? spoken_term(p->view.lang, f->name, "")
				     : NULL;
}

static enum err
options_of_words(struct page *p, const struct field *f, const char *chosen,
    struct tpl_admin_input *in)
{
	struct tpl_choice *v = arena_array(p->arena, 32, sizeof(*v));
	const char *words = f->term->all, *usual = left_open(p, f);
	size_t n = 0;
	int set;

	if (v == NULL)
		return ERR_NO_MEMORY;
	if (usual != NULL && !f->term->parse(chosen, &set))
		v[n++] = (struct tpl_choice){"", usual, true};
	while (*words && n < 32) {
		size_t len = strcspn(words, "|");

		v[n].value = arena_copy(p->arena, words, len);
		if (v[n].value == NULL)
			return ERR_NO_MEMORY;
		v[n].label = spoken_term(p->view.lang, f->name, v[n].value);
		if (v[n].label == NULL)
			v[n].label = v[n].value;
		v[n].chosen = strcmp(v[n].value, chosen) == 0;
		n++;
		words += len + (words[len] == '|');
	}
	in->choices.v = v;
	in->choices.n = n;
	in->is_choice = true;
	return ERR_OK;
}

/* By their makers' names, which are the same in every language. */
static enum err
options_of_dialects(
    struct page *p, const char *chosen, struct tpl_admin_input *in)
{
	struct tpl_choice *v = arena_array(p->arena, DIALECTS_N, sizeof(*v));

	if (v == NULL)
		return ERR_NO_MEMORY;
	for (int i = 0; i < DIALECTS_N; i++) {
		const char *word = dialect_text((enum dialect)i);

		in->is_named = true;
		v[i] = (struct tpl_choice){word,
		    editor_maker(p->view.lang, (enum dialect)i),
		    strcmp(word, chosen) == 0};
	}
	in->choices.v = v;
	in->choices.n = DIALECTS_N;
	in->is_choice = true;
	return ERR_OK;
}

static enum err
options_of_networks(
    struct page *p, const char *chosen, struct tpl_admin_input *in)
{
	in->is_choice = true;
	return admin_network_choices(p, chosen, &in->choices.v, &in->choices.n);
}

/* With none, as one that may be left out. */
static enum err
options_of_plans(struct page *p, const char *chosen, struct tpl_admin_input *in)
{
	const struct tpl_choice *all;
	struct tpl_choice *v;
	size_t n;
	enum err e = admin_plan_choices(p, chosen, &all, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	v[0] = (struct tpl_choice){"", "—", chosen[0] == '\0'};
	memcpy(v + 1, all, n * sizeof(*v));
	in->choices.v = v;
	in->choices.n = n + 1;
	in->is_choice = true;
	return ERR_OK;
}

/* Only those at the top may have parts. */
static enum err
options_of_units(struct page *p, const char *chosen, struct tpl_admin_input *in)
{
	struct unit *all = NULL;
	struct tpl_choice *v;
	size_t n = 0, top = 1;
	enum err e = units_list(&p->call, &all, &n);

	if (e != ERR_OK)
		return e;
	if ((v = arena_array(p->arena, n + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	v[0] = (struct tpl_choice){"", "—", chosen[0] == '\0'};
	for (size_t i = 0; i < n; i++)
		if (uid_is_none(&all[i].parent))
			v[top++] = (struct tpl_choice){all[i].id.s, all[i].name,
			    strcmp(all[i].id.s, chosen) == 0};
	in->choices.v = v;
	in->choices.n = top;
	in->is_choice = true;
	return ERR_OK;
}

static enum err
options_of(struct page *p, const struct field *f, const char *chosen,
    struct tpl_admin_input *in)
{
	if (strcmp(f->name, "network") == 0)
		return options_of_networks(p, chosen, in);
	if (strcmp(f->name, "parent") == 0)
		return options_of_units(p, chosen, in);
	return options_of_plans(p, chosen, in);
}

static enum err
input(struct page *p, const struct field *f, const char *now,
    struct tpl_admin_input *in)
{
	in->name = f->name;
	in->label = editor_called(p, f->name);
	in->help = tpl_said(p->view.lang, f->help);
	in->value = now;
	in->required = (f->flags & FIELD_REQUIRED) != 0;
	if (strcmp(p->call.why.field, f->name) == 0)
		in->wrong = p->call.why.text;
	switch (f->kind) {
	case FIELD_TERM:
		return options_of_words(p, f, now, in);
	case FIELD_BOOL:
		in->is_bool = true;
		in->checked = strcmp(now, "yes") == 0;
		return ERR_OK;
	case FIELD_ID:
		in->is_named = true;
		return options_of(p, f, now, in);
	case FIELD_INT:
	case FIELD_LONG:
		in->is_number = true;
		return ERR_OK;
	case FIELD_TEXT:
		if (f->term != NULL)
			return options_of_dialects(p, now, in);
		break;
	case FIELD_TIME:
	case FIELD_MAC:
	case FIELD_ROLES:
		break;
	}
	in->is_text = true;
	return ERR_OK;
}

static const char *
shown(struct page *p, const struct field *f, const union editor_noun *noun,
    const struct form *typed)
{
	if (typed == NULL)
		return editor_value(p, f, noun);
	if (f->kind == FIELD_BOOL)
		return form_get(typed, f->name) ? "yes" : "no";
	return form_text(typed, f->name);
}

/* Where an access point is tested, and which guide is for it. */
static void
ways_on(struct page *p, const struct access_point *ap, const char *id,
    const char **test, const char **guide)
{
	const struct guide *g = guide_of(ap->dialect);

	*guide = g == NULL || id[0] == '\0' ? "all" : g->word;
	if (id[0] != '\0')
		*test = arena_printf(
		    p->arena, "/admin/access-points/%s/test", ap->id.s);
}

/* The secret, which no noun holds. */
static void
secret_input(struct page *p, bool is_new, struct tpl_admin_input *in)
{
	bool bad = strcmp(p->call.why.field, "secret") == 0;

	*in = (struct tpl_admin_input){.name = "secret",
	    .label = editor_called(p, "secret"),
	    .help = tpl_said(
		p->view.lang, is_new ? editor_secret_help : editor_secret_kept),
	    .is_secret = true,
	    .required = is_new,
	    .wrong = bad ? p->call.why.text : ""};
}

/* What passwords of the plan are worth; not of what may be no plan. */
static int64_t
bits_of(const struct editor *e, const union editor_noun *noun,
    const struct form *typed)
{
	if (strcmp(e->word, "plans") != 0 || typed != NULL)
		return 0;
	return (int64_t)mint_bits(&(struct mint_plan){
	    .style = noun->plan.style, .count = noun->plan.style_count});
}

/* All that can be set, in groups of what belongs together. */
static enum err
inputs(struct page *p, const struct editor *e, const union editor_noun *noun,
    const struct form *typed, struct tpl_admin_group *g, size_t *groups)
{
	struct tpl_admin_input *v =
	    arena_array(p->arena, FIELDS_MAX, sizeof(*v));
	size_t n = 0, at = 0;
	enum err err;

	if (v == NULL)
		return ERR_NO_MEMORY;
	g[0] = (struct tpl_admin_group){.title = "", .inputs = {v, 0}};
	for (const struct field *f = e->fields; f->name; f++) {
		const char *title =
		    editor_group(p->view.lang, e->word, f->name);

		if (!(f->flags & FIELD_SET) || n >= FIELDS_MAX - 1)
			continue;
		if (title != NULL)
			g[++at] = (struct tpl_admin_group){
			    .title = title, .inputs = {v + n, 0}};
		if (strcmp(f->name, "style") == 0)
			g[at].bits = bits_of(e, noun, typed);
		if ((err = input(p, f, shown(p, f, noun, typed), &v[n++])))
			return err;
		g[at].inputs.n++;
	}
	if (e->secret) {
		secret_input(p, uid_is_none(&noun->ap.id), &v[n]);
		g[at].inputs.n++;
	}
	*groups = at + 1;
	return ERR_OK;
}

/* What the one that is changed is called: as it is, not as it was typed. */
static const char *
name_now(struct page *p, const struct editor *e, const union editor_noun *noun)
{
	for (const struct field *f = e->fields; f->name; f++)
		if (editor_names_it(e, f) || strcmp(f->name, "name") == 0)
			return editor_value(p, f, noun);
	return "";
}

enum err
editor_form(struct page *p, const struct editor *e,
    const union editor_noun *noun, const struct form *typed, int status)
{
	struct tpl_admin_group *g =
	    arena_array(p->arena, FIELDS_MAX, sizeof(*g));
	const char *id = editor_value(p, &e->fields[0], noun);
	const struct field *version = field_find(e->fields, "version");
	struct insight_plan touch = {0};
	const char *test = "", *guide = "";
	size_t n = 0;
	enum err err;

	if (g == NULL)
		return ERR_NO_MEMORY;
	if (strcmp(e->word, "access-points") == 0)
		ways_on(p, &noun->ap, id, &test, &guide);
	if ((err = inputs(p, e, noun, typed, g, &n)))
		return err;
	if (id[0] && strcmp(e->word, "plans") == 0 &&
	    (err = insight_plan(&p->call, &noun->plan.id, &touch)))
		return err;
	err = PAGE(p, admin_edit, .touched = touch.keys > 0,
	    .effects = touch.open > 0 && e->set_now != NULL,
	    .now = typed && strcmp(form_text(typed, "effect"), "now") == 0,
	    .touched_keys = (int64_t)touch.keys,
	    .touched_people = (int64_t)touch.people,
	    .touched_open = (int64_t)touch.open, .word = e->word,
	    .all = e->title, .title = id[0] ? e->title : e->anew,
	    .name = id[0] ? name_now(p, e, noun) : "", .id = id,
	    .version = typed ? form_text(typed, "version")
			     : editor_value(p, version, noun),
	    .groups = {g, n}, .wrong = status == 200 ? "" : p->call.why.text,
	    .test = test, .guide = guide);
	p->rp->status = status;
	return err;
}

enum err
editor_read(struct page *p, const struct editor *e, union editor_noun *noun,
    struct secret *secret)
{
	const char *typed = form_text(&p->form, "secret");
	enum err err;

	for (const struct field *f = e->fields; f->name; f++) {
		const char *t = form_get(&p->form, f->name);

		if (strcmp(f->name, "version") == 0 && t && *t == '\0')
			continue;
		if (!(f->flags & FIELD_SET) && strcmp(f->name, "version") != 0)
			continue;
		if (f->kind == FIELD_BOOL)
			t = t ? "yes" : "no";
		if (t == NULL)
			continue;
		if (*t == '\0' && left_open(p, f) != NULL)
			continue;
		if (*t == '\0' &&
		    (f->kind == FIELD_INT || f->kind == FIELD_LONG))
			t = "0";
		if (*t == '\0' && f->kind == FIELD_ID) {
			*(struct uid *)(void *)((char *)noun + f->offset) =
			    UID_NONE;
			continue;
		}
		if ((err = field_set(f, noun, t, &p->call.why)))
			return err;
	}
	if (e->secret && *typed)
		return secret_set(secret, typed, strlen(typed));
	return ERR_OK;
}
