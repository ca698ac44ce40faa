/* All languages as C: what pages say, in each of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "templates/language.h"

static void
table(struct buf *b, const char *kind, const char *code, char **v, int n)
{
	buf_printf(b, "static const char *const %s_%s[] = {\n", kind, code);
	for (int i = 0; i < n; i++) {
		if (v[i] == NULL)
			continue;
		buf_printf(b, "\t[%d] = ", i);
		tpl_c_string(b, v[i], strlen(v[i]));
		buf_text(b, ",\n");
	}
	buf_printf(b, "\t[%d] = 0,\n};\n", n);
}

void
catalogue_write(struct tpl *t, const struct language *l)
{
	struct buf *b = &t->body;
	char code[CODE];

	(void)snprintf(code, sizeof(code), "%s", l->code);
	for (char *c = code; *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	table(b, "messages", code, l->messages, t->nmessages);
	table(b, "forms", code, l->forms, t->nplurals * l->nplurals);
	buf_printf(b,
	    "static int\nplural_%s(uint64_t n)\n{\n\t(void)n;\n"
	    "\treturn (int)(%s);\n}\n\n",
	    code, l->rule);
	buf_printf(&t->langs, "\t{.code = \"%s\", .name = ", l->code);
	tpl_c_string(&t->langs, l->name, strlen(l->name));
	buf_printf(&t->langs,
	    ", .dir = \"%s\", .point = \"%s\", .messages = messages_%s,\n"
	    "\t    .forms = forms_%s, .nplurals = %d, .plural = plural_%s},\n",
	    l->dir, l->point, code, code, l->nplurals, code);
	t->nlangs++;
}

void
catalogue_clear(const struct tpl *t, struct language *l)
{
	for (int i = 0; l->messages != NULL && i < t->nmessages; i++)
		free(l->messages[i]);
	for (int i = 0; l->forms != NULL && i < t->nplurals * l->nplurals; i++)
		free(l->forms[i]);
	free(l->messages);
	free(l->forms);
}

/* Vowels with accents and twice, which makes words longer by two fifths, as
 * languages with long words have them; between brackets. {names} and
 * conversions stay. */
static char *
pseudo(const char *text, bool format)
{
	static const char from[] = "aeiouAEIOU";
	static const char *const to[] = {
	    "áá", "éé", "íí", "óó", "úú", "ÁÁ", "ÉÉ", "ÍÍ", "ÓÓ", "ÚÚ"};
	OWN(buf) struct buf b = BUF(4 * PO_TEXT);
	const char *v;

	buf_text(&b, "⟦");
	for (; *text != '\0'; text++) {
		size_t keep = *text == '{'             ? strcspn(text, "}")
			      : *text == '%' && format ? strcspn(text, "sdiuc")
						       : 0;

		if (keep > 0) {
			buf_add(&b, text, keep + 1);
			text += keep;
		} else if ((v = strchr(from, *text)) != NULL)
			buf_text(&b, to[v - from]);
		else
			buf_char(&b, *text);
	}
	buf_text(&b, "⟧");
	return strdup(buf_str(&b));
}

static bool
write_pseudo(struct tpl *t)
{
	struct language l = {.code = "en-XA",
	    .name = "Pseudo",
	    .dir = "ltr",
	    .point = ".",
	    .rule = "n != 1",
	    .nplurals = 2};
	bool there;

	l.messages = calloc(TPL_MESSAGES_MAX, sizeof(char *));
	l.forms = calloc((size_t)TPL_PLURALS_MAX * 2, sizeof(char *));
	there = l.messages != NULL && l.forms != NULL;
	for (int i = 0; there && i < t->nmessages; i++)
		l.messages[i] = pseudo(t->messages[i], t->format[i]);
	for (int i = 0; there && i < t->nplurals * 2; i++)
		l.forms[i] = pseudo(t->plurals[i / 2][i % 2], false);
	if (there)
		catalogue_write(t, &l);
	catalogue_clear(t, &l);
	return there;
}

static int
by_text(const void *a, const void *b, void *messages)
{
	char *const *m = messages;

	return strcmp(m[*(const int *)a], m[*(const int *)b]);
}

static bool
write_index(struct tpl *t)
{
	int *order = calloc((size_t)t->nmessages + 1, sizeof(int));

	if (order == NULL)
		return false;
	for (int i = 0; i < t->nmessages; i++)
		order[i] = i;
	qsort_r(order, (size_t)t->nmessages, sizeof(int), by_text, t->messages);
	buf_text(&t->body, "const int tpl_order[] = {\n");
	for (int i = 0; i < t->nmessages; i++)
		buf_printf(&t->body, "\t%d,\n", order[i]);
	buf_text(&t->body, "\t-1,\n};\nconst int tpl_formats[] = {\n");
	for (int i = 0; i < t->nmessages; i++)
		if (t->format[i])
			buf_printf(&t->body, "\t%d,\n", i);
	buf_text(&t->body, "\t-1,\n};\n");
	free(order);
	return true;
}

static void
write_english(struct tpl *t)
{
	struct buf *b = &t->body;

	buf_text(b, "const char *const tpl_messages[] = {\n");
	for (int i = 0; i < t->nmessages; i++) {
		buf_char(b, '\t');
		tpl_c_string(b, t->messages[i], strlen(t->messages[i]));
		buf_text(b, ",\n");
	}
	buf_text(b, "\t0,\n};\nconst char *const tpl_plurals[][2] = {\n");
	for (int i = 0; i < t->nplurals; i++) {
		buf_text(b, "\t{");
		tpl_c_string(b, t->plurals[i][0], strlen(t->plurals[i][0]));
		buf_text(b, ", ");
		tpl_c_string(b, t->plurals[i][1], strlen(t->plurals[i][1]));
		buf_text(b, "},\n");
	}
	buf_text(b, "\t{0, 0},\n};\n");
}

bool
catalogue_end(struct tpl *t)
{
	int offered = t->nlangs + 1;

	if (!write_pseudo(t) || !write_index(t))
		return false;
	write_english(t);
	buf_printf(&t->head, "enum { TPL_MESSAGES = %d };\n", t->nmessages);
	buf_printf(&t->body,
	    "const struct lang langs[] = {\n\t{.code = \"en\", .name = "
	    "\"English\", .dir = \"ltr\", .point = \".\"},\n%s};\n"
	    "const int langs_count = %d;\n",
	    buf_str(&t->langs), offered);
	return t->body.err == ERR_OK && t->langs.err == ERR_OK;
}

/* For translators: as po files write it. */
static void
po_string(struct buf *b, const char *text)
{
	buf_char(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_char(b, '\\');
		buf_char(b, *text);
	}
	buf_text(b, "\"\n");
}

void
catalogue_template(const struct tpl *t, struct buf *out)
{
	buf_text(out, "msgid \"\"\nmsgstr \"\"\n"
		      "\"Content-Type: text/plain; charset=UTF-8\\n\"\n");
	for (int i = 0; i < t->nmessages; i++) {
		buf_text(out, "\nmsgid ");
		po_string(out, t->messages[i]);
		buf_text(out, "msgstr \"\"\n");
	}
	for (int i = 0; i < t->nplurals; i++) {
		buf_text(out, "\nmsgid ");
		po_string(out, t->plurals[i][0]);
		buf_text(out, "msgid_plural ");
		po_string(out, t->plurals[i][1]);
		buf_text(out, "msgstr[0] \"\"\n");
	}
}
