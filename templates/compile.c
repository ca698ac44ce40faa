#include "templates/compile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "templates/block.h"

void
tpl_init(struct tpl *t)
{
	*t = (struct tpl){
	    .head = BUF(TPL_OUT_MAX),
	    .body = BUF(TPL_OUT_MAX),
	    .langs = BUF(TPL_OUT_MAX),
	    .nstructs = 1,
	};
	(void)snprintf(t->structs[0].name, TPL_NAME, "view");
}

void
tpl_clear(struct tpl *t)
{
	for (int i = 0; i < t->nmessages; i++)
		free(t->messages[i]);
	for (int i = 0; i < t->nplurals; i++)
		for (int k = 0; k < 2; k++)
			free(t->plurals[i][k]);
	buf_own(&t->langs);
	buf_own(&t->head);
	buf_own(&t->body);
}

bool
tpl_fail(struct tpl_run *r, const char *fmt, ...)
{
	char what[TPL_WHY - 80];
	va_list ap;

	if (r->t->why[0] != '\0')
		return false;
	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	(void)snprintf(
	    r->t->why, TPL_WHY, "%s.html:%d: %s", r->file->name, r->line, what);
	return false;
}

static bool
name_ok(const char *name)
{
	const char *p = name + (*name == '_');
	char word[TPL_NAME];

	return tpl_word(&p, name + strlen(name), word) && *p == '\0';
}

bool
tpl_add(struct tpl *t, const char *name, const char *text, size_t len)
{
	struct tpl_file *f = &t->files[t->nfiles];

	if (t->nfiles == TPL_FILES_MAX || strlen(name) >= TPL_NAME ||
	    !name_ok(name)) {
		(void)snprintf(
		    t->why, TPL_WHY, "%.40s: too many, or no good name", name);
		return false;
	}
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	f->text = text;
	f->len = len;
	t->nfiles++;
	return true;
}

int
tpl_message(struct tpl *t, const char *text)
{
	for (int i = 0; i < t->nmessages; i++)
		if (strcmp(t->messages[i], text) == 0)
			return i;
	if (t->nmessages == TPL_MESSAGES_MAX ||
	    (t->messages[t->nmessages] = strdup(text)) == NULL)
		return -1;
	return t->nmessages++;
}

int
tpl_plural_message(struct tpl *t, const char *one, const char *many)
{
	char **p = t->plurals[t->nplurals];

	for (int i = 0; i < t->nplurals; i++)
		if (strcmp(t->plurals[i][0], one) == 0 &&
		    strcmp(t->plurals[i][1], many) == 0)
			return i;
	if (t->nplurals + 1 == TPL_PLURALS_MAX)
		return -1;
	p[0] = strdup(one);
	p[1] = strdup(many);
	return p[0] == NULL || p[1] == NULL ? -1 : t->nplurals++;
}

void
tpl_c_string(struct buf *b, const char *text, size_t len)
{
	buf_char(b, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n')
			buf_text(b, "\\n");
		else if (c == '"' || c == '\\' || c == '?')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			buf_printf(b, "\\%03o", c);
		else
			buf_char(b, (char)c);
	}
	buf_char(b, '"');
}

static const char *
c_type(enum tpl_type type)
{
	switch (type) {
	case TPL_TEXT:
	case TPL_WORDS:
		return "const char *";
	case TPL_INT:
	case TPL_TIME:
		return "int64_t ";
	case TPL_BOOL:
		return "bool ";
	case TPL_HTML:
		return "struct tpl_html ";
	case TPL_ONE:
	case TPL_LIST:
		break;
	}
	return NULL;
}

static void
write_struct(struct tpl *t, const struct tpl_struct *s)
{
	struct buf *b = &t->head;

	buf_printf(
	    b, "struct %s%s {\n", s == t->structs ? "" : "tpl_", s->name);
	if (s == t->structs)
		buf_text(b, "\tint lang;\n");
	for (int i = 0; i < s->nfields; i++) {
		const struct tpl_field *f = &s->fields[i];
		const char *record = t->structs[f->record].name;

		if (f->type == TPL_ONE)
			buf_printf(b, "\tstruct tpl_%s %s;\n", record, f->name);
		else if (f->type == TPL_LIST)
			buf_printf(b,
			    "\tstruct {\n\t\tconst struct tpl_%s *v;\n"
			    "\t\tsize_t n;\n\t} %s;\n",
			    record, f->name);
		else
			buf_printf(b, "\t%s%s;\n", c_type(f->type), f->name);
	}
	if (s->nfields == 0 && s != t->structs)
		buf_text(b, "\tchar nothing;\n");
	buf_text(b, "};\n");
	if (s->page)
		buf_printf(b,
		    "void render_%s(const struct view *v, const struct tpl_%s "
		    "*p,"
		    " struct buf *b);\n",
		    s->name, s->name);
	buf_char(b, '\n');
}

/* Reads the declarations of one file; the rest of it is not looked at yet. */
static bool
declarations(struct tpl *t, const struct tpl_file *f)
{
	struct tpl_run r = {.t = t, .file = f, .line = 1};

	for (const char *p = f->text, *end = f->text + f->len; p + 1 < end;
	     p++) {
		const char *close;

		if (*p == '\n')
			r.line++;
		if (p[0] != '{' || p[1] != '{')
			continue;
		close = memmem(p, (size_t)(end - p), "}}", 2);
		if (close == NULL)
			break;
		for (int i = 0; i < 3; i++) {
			static const char *const kinds[] = {
			    "page ", "record ", "shared"};
			size_t n = strlen(kinds[i]);

			if ((size_t)(close - p) >= 2 + n &&
			    memcmp(p + 2, kinds[i], n) == 0 &&
			    !tpl_declare(&r, p + 2, (size_t)(close - p - 2)))
				return false;
		}
	}
	return true;
}

static bool
page(struct tpl *t, const struct tpl_file *f, int index)
{
	struct tpl_run r = {.t = t,
	    .file = f,
	    .line = 1,
	    .p = f->text,
	    .end = f->text + f->len,
	    .indent = 1};
	struct tpl_scope shared = {.record = 0, .var = "v->"};
	struct tpl_scope own = {
	    .record = index, .var = "p->", .outer = &shared};
	const char *name = t->structs[index].name;
	OWN(buf) struct buf literal = BUF(TPL_OUT_MAX);

	r.literal = &literal;
	r.place.letter = strncmp(name, "letter_", 7) == 0;
	buf_printf(&t->body,
	    "void\nrender_%s(const struct view *v, const struct tpl_%s *p, "
	    "struct buf *b)\n{\n\t(void)v;\n\t(void)p;\n",
	    name, name);
	if (!block_run(&r, &own, BLOCK_FILE))
		return false;
	if (r.place.at != AT_TEXT)
		return tpl_fail(&r, "the page ends inside a tag");
	buf_text(&t->body, "}\n\n");
	if (t->body.err != ERR_OK)
		return tpl_fail(&r, "too long");
	return t->why[0] == '\0';
}

static bool
pages(struct tpl *t)
{
	for (int i = 0; i < t->nfiles; i++) {
		int index = 0;

		if (t->files[i].name[0] == '_')
			continue;
		for (int k = 1; k < t->nstructs; k++)
			if (t->structs[k].page &&
			    strcmp(t->structs[k].name, t->files[i].name) == 0)
				index = k;
		if (index == 0) {
			(void)snprintf(t->why, TPL_WHY,
			    "%s.html:1: begin with {{page %s ...}}",
			    t->files[i].name, t->files[i].name);
			return false;
		}
		if (!page(t, &t->files[i], index))
			return false;
	}
	return true;
}

bool
tpl_compile(struct tpl *t)
{
	for (int partial = 1; partial >= 0; partial--)
		for (int i = 0; i < t->nfiles; i++)
			if ((t->files[i].name[0] == '_') == partial &&
			    !declarations(t, &t->files[i]))
				return false;
	if (!tpl_declared(t))
		return false;
	buf_text(&t->head,
	    "/* Made from templates by templates/compile. */\n#pragma once\n\n"
	    "#include \"portal/web/tpl.h\"\n\n");
	buf_text(&t->body,
	    "/* Made from templates by templates/compile. */\n"
	    "#include \"assets.h\"\n#include \"portal/web/lang.h\"\n"
	    "#include \"templates.h\"\n\n");
	for (int i = 1; i < t->nstructs; i++)
		if (!t->structs[i].page)
			write_struct(t, &t->structs[i]);
	write_struct(t, &t->structs[0]);
	for (int i = 1; i < t->nstructs; i++)
		if (t->structs[i].page)
			write_struct(t, &t->structs[i]);
	if (!pages(t))
		return false;
	return t->body.err == ERR_OK && t->head.err == ERR_OK;
}
