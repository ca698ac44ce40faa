/* Declarations of a template, and the names they make. */
#include <stdio.h>
#include <string.h>

#include "templates/compile.h"

void
tpl_blanks(const char **p, const char *end)
{
	while (*p < end && (**p == ' ' || **p == '\n' || **p == '\t'))
		(*p)++;
}

bool
tpl_word(const char **p, const char *end, char out[static TPL_NAME])
{
	size_t n = 0;

	tpl_blanks(p, end);
	while (*p < end && ((**p >= 'a' && **p <= 'z') ||
			       (**p >= '0' && **p <= '9') || **p == '_')) {
		if (n + 1 >= TPL_NAME)
			return false;
		out[n++] = *(*p)++;
	}
	out[n] = '\0';
	return n > 0 && !(out[0] >= '0' && out[0] <= '9');
}

bool
tpl_string(const char **p, const char *end, char *out, size_t size)
{
	size_t n = 0;

	tpl_blanks(p, end);
	if (*p >= end || **p != '"')
		return false;
	for ((*p)++; *p < end && **p != '"'; (*p)++) {
		if (**p == '\\' && ++(*p) == end)
			return false;
		if (n + 1 >= size || **p == '\n' || **p == '\0')
			return false;
		out[n++] = **p;
	}
	out[n] = '\0';
	if (*p >= end)
		return false;
	(*p)++;
	return true;
}

static bool
type_of(struct tpl_run *r, const char *word, struct tpl_field *f)
{
	static const char *const simple[] = {
	    [TPL_TEXT] = "text",
	    [TPL_WORDS] = "words",
	    [TPL_INT] = "int",
	    [TPL_BOOL] = "bool",
	    [TPL_TIME] = "time",
	    [TPL_HTML] = "html",
	};

	for (size_t i = 0; i < sizeof(simple) / sizeof(*simple); i++) {
		if (strcmp(word, simple[i]) != 0)
			continue;
		f->type = (enum tpl_type)i;
		return true;
	}
	for (int i = 1; i < r->t->nstructs; i++) {
		if (r->t->structs[i].page ||
		    strcmp(r->t->structs[i].name, word) != 0)
			continue;
		f->record = i;
		f->type = TPL_ONE;
		return true;
	}
	return tpl_fail(r, "no type or record is called '%s'", word);
}

static bool
field(struct tpl_run *r, struct tpl_struct *s, const char **p, const char *end)
{
	struct tpl_field *f = &s->fields[s->nfields];
	char word[TPL_NAME];

	if (s->nfields == TPL_FIELDS_MAX)
		return tpl_fail(r, "more than %d fields", TPL_FIELDS_MAX);
	f->file = (int)(r->file - r->t->files);
	f->line = r->line;
	if (!tpl_word(p, end, f->name) || *p >= end || *(*p)++ != ':' ||
	    !tpl_word(p, end, word))
		return tpl_fail(r, "'name: type' was expected");
	for (int i = 0; i < s->nfields; i++)
		if (strcmp(s->fields[i].name, f->name) == 0)
			return tpl_fail(r, "'%s' is there twice", f->name);
	if (strcmp(word, "list") == 0) {
		if (!tpl_word(p, end, word) || !type_of(r, word, f))
			return tpl_fail(r, "'list RECORD' was expected");
		if (f->type != TPL_ONE)
			return tpl_fail(r, "lists are of records");
		f->type = TPL_LIST;
	} else if (!type_of(r, word, f)) {
		return false;
	}
	s->nfields++;
	return true;
}

/* Blanks before the next field; the line of a field is its own. */
static void
next_line(struct tpl_run *r, const char **p, const char *end)
{
	const char *was = *p;

	tpl_blanks(p, end);
	for (; was < *p; was++)
		r->line += *was == '\n';
}

/* Names are looked up from the inside out: a page with a `path` of its own
 * would change what the layout says on it, and nobody would be told. */
static bool
shadows(
    struct tpl *t, const struct tpl_field *f, const struct tpl_field *shared)
{
	const char *file = t->files[shared->file].name;
	struct tpl_run r = {
	    .t = t, .file = &t->files[f->file], .line = f->line};

	return strcmp(f->name, shared->name) == 0 &&
	       !tpl_fail(&r,
		   "'%s' is what all pages share already (%s.html:%d); "
		   "call this one something else",
		   f->name, file, shared->line);
}

bool
tpl_declared(struct tpl *t)
{
	const struct tpl_struct *shared = &t->structs[0];

	for (int i = 1; i < t->nstructs; i++) {
		const struct tpl_struct *s = &t->structs[i];

		for (int k = 0; s->page && k < s->nfields; k++)
			for (int n = 0; n < shared->nfields; n++)
				if (shadows(
					t, &s->fields[k], &shared->fields[n]))
					return false;
	}
	return true;
}

bool
tpl_declare(struct tpl_run *r, const char *inside, size_t len)
{
	const char *p = inside, *end = inside + len;
	struct tpl *t = r->t;
	struct tpl_struct *s = &t->structs[0];
	char kind[TPL_NAME], name[TPL_NAME] = "";
	int line = r->line;

	if (!tpl_word(&p, end, kind))
		return tpl_fail(r, "a declaration was expected");
	if (strcmp(kind, "shared") != 0) {
		if (!tpl_word(&p, end, name))
			return tpl_fail(r, "'%s NAME' was expected", kind);
		for (int i = 1; i < t->nstructs; i++)
			if (strcmp(t->structs[i].name, name) == 0)
				return tpl_fail(r, "a second '%s'", name);
		if (t->nstructs == TPL_STRUCTS_MAX)
			return tpl_fail(r, "too many declarations");
		s = &t->structs[t->nstructs];
		s->page = strcmp(kind, "page") == 0;
		(void)snprintf(s->name, sizeof(s->name), "%s", name);
	} else if (s->nfields > 0) {
		return tpl_fail(r, "a second 'shared'");
	}
	for (next_line(r, &p, end); p < end; next_line(r, &p, end))
		if (!field(r, s, &p, end))
			return false;
	r->line = line;
	if (s != &t->structs[0])
		t->nstructs++;
	return true;
}

static bool
member(struct tpl_run *r, struct tpl_value *v, const char *name)
{
	const struct tpl_struct *s = &r->t->structs[v->record];
	char was[sizeof(v->expr)];
	const char *dot;

	for (int i = 0; i < s->nfields; i++) {
		if (strcmp(s->fields[i].name, name) != 0)
			continue;
		memcpy(was, v->expr, sizeof(was));
		dot = was[0] != '\0' && was[strlen(was) - 1] == '>' ? "" : ".";
		if (was[0] == '\0')
			dot = "";
		if ((size_t)snprintf(v->expr, sizeof(v->expr), "%s%s%s", was,
			dot, name) >= sizeof(v->expr))
			return tpl_fail(r, "this name is too long");
		v->type = s->fields[i].type;
		v->record = s->fields[i].record;
		return true;
	}
	return false;
}

static bool
first_name(struct tpl_run *r, const struct tpl_scope *s, const char *name,
    struct tpl_value *v)
{
	for (; s != NULL; s = s->outer) {
		for (int i = 0; i < s->naliases; i++) {
			if (strcmp(s->alias[i].name, name) != 0)
				continue;
			memcpy(v->expr, s->alias[i].expr, sizeof(v->expr));
			v->type = s->alias[i].type;
			v->record = s->alias[i].record;
			return true;
		}
		if (s->record < 0)
			continue;
		(void)snprintf(v->expr, sizeof(v->expr), "%s", s->var);
		v->record = s->record;
		if (member(r, v, name))
			return true;
	}
	return false;
}

bool
tpl_resolve(struct tpl_run *r, const struct tpl_scope *s, const char **p,
    const char *end, struct tpl_value *out)
{
	char name[TPL_NAME];

	if (!tpl_word(p, end, name))
		return tpl_fail(r, "a field was expected");
	if (!first_name(r, s, name, out))
		return tpl_fail(r, "no field is called '%s'", name);
	while (*p < end && **p == '.') {
		(*p)++;
		if (!tpl_word(p, end, name))
			return tpl_fail(r, "a field was expected after '.'");
		if (out->type != TPL_ONE || !member(r, out, name))
			return tpl_fail(r, "no field is called '%s'", name);
	}
	return true;
}
