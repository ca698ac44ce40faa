/* The table as a file a person can start from, and the settings in force. */
#include <stdio.h>
#include <string.h>

#include "core/conf/table.h"

enum { WIDTH = 76 };

/* DOC in comment lines that start with LEAD. */
static void
doc(FILE *f, const char *lead, const char *text)
{
	size_t room = WIDTH - strlen(lead);

	while (*text) {
		size_t n = strlen(text);

		if (n > room)
			for (n = room; n > 0 && text[n] != ' '; n--)
				continue;
		if (n == 0)
			n = strcspn(text, " ");
		fprintf(f, "%s%.*s\n", lead, (int)n, text);
		text += n;
		text += strspn(text, " ");
	}
}

static void
quote(FILE *f, const char *t)
{
	fputc('"', f);
	for (; *t; t++) {
		if (*t == '"' || *t == '\\')
			fputc('\\', f);
		fputc(*t, f);
	}
	fputc('"', f);
}

static void
list(FILE *f, const char *const *v, size_t n)
{
	fputc('{', f);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fputs(", ", f);
		quote(f, v[i]);
	}
	fputc('}', f);
}

static void
split_list(FILE *f, const char *text)
{
	fputc('{', f);
	while (*text) {
		size_t n = strcspn(text, ",");

		fprintf(f, "\"%.*s\"", (int)n, text);
		text += n;
		if (*text)
			fputs(", ", f);
		text += strspn(text, ", ");
	}
	fputc('}', f);
}

static void
sample_value(FILE *f, const struct conf_row *row)
{
	const char *v =
	    row->preset && row->preset[0] ? row->preset : row->words;

	if (row->kind == CONF_LIST)
		split_list(f, v);
	else if (row->kind == CONF_TEXT || row->kind == CONF_URL ||
		 conf_row_said(row) || row->kind == CONF_PATH_ ||
		 row->kind == CONF_SECRET)
		quote(f, v);
	else
		fputs(v, f);
}

/* The names by which a text is said in other languages. */
static void
languages(FILE *f, const char *lead, const struct conf_row *row)
{
	char text[200];

	if (!conf_row_said(row))
		return;
	(void)snprintf(text, sizeof(text),
	    "By language, too: %s_de, %s_fr and so on.", row->name, row->name);
	doc(f, lead, text);
}

static void
sample_row(FILE *f, const struct conf_row *row)
{
	bool given = row->preset == NULL;

	fputc('\n', f);
	doc(f, "\t# ", row->doc);
	languages(f, "\t# ", row);
	if (row->kind == CONF_WORD)
		fprintf(f, "\t# One of: %s\n", row->words);
	if (given)
		fputs("\t# Must be given.\n", f);
	fprintf(f, "\t%s%s = ", given ? "" : "# ", row->name);
	sample_value(f, row);
	fputc('\n', f);
}

void
conf_sample(FILE *f)
{
	fputs("# latchkey.conf - see latchkey.conf(5). Settings that are "
	      "commented out have\n# their default. `latchkey check-config` "
	      "says what is wrong.\n",
	    f);
	for (size_t i = 0; i < conf_nsections; i++) {
		const struct conf_section *s = &conf_sections[i];
		const char *off = s->titled ? "# " : "";

		fputc('\n', f);
		doc(f, "# ", s->doc);
		if (s->titled) {
			fprintf(f, "%s%s \"example\" {\n", off, s->name);
			for (size_t k = 0; k < s->nrows; k++) {
				fprintf(f, "#\t%s = ", s->rows[k].name);
				sample_value(f, &s->rows[k]);
				fprintf(f, "\n");
				doc(f, "#\t\t# ", s->rows[k].doc);
				languages(f, "#\t\t# ", &s->rows[k]);
			}
			fputs("# }\n", f);
			continue;
		}
		fprintf(f, "%s {", s->name);
		for (size_t k = 0; k < s->nrows; k++)
			sample_row(f, &s->rows[k]);
		fputs("}\n", f);
	}
}

/* What is said in a language of its own. */
static void
dump_said(FILE *f, const struct conf_row *row, const struct conf_said *s)
{
	for (int i = 0; s->in != NULL && i < conf_nlanguages; i++)
		if (s->in[i] != NULL) {
			fprintf(f, "\t%s_%s = ", row->name, conf_languages[i]);
			quote(f, s->in[i]);
			fputc('\n', f);
		}
}

static void
dump_row(FILE *f, const struct conf_row *row, const char *at)
{
	const struct conf_list *l;

	at += row->offset;
	fprintf(f, "\t%s = ", row->name);
	switch (row->kind) {
	case CONF_LIST:
		l = (const void *)at;
		list(f, l->v, l->n);
		break;
	case CONF_INT:
	case CONF_TIME:
	case CONF_SIZE:
		fprintf(
		    f, "%lld", (long long)*(const int64_t *)(const void *)at);
		break;
	case CONF_BOOL:
		fputs(*(const bool *)at ? "yes" : "no", f);
		break;
	case CONF_TEXT:
	case CONF_SAID:
	case CONF_SAID_URL:
	case CONF_WORD:
	case CONF_PATH_:
	case CONF_SECRET:
	case CONF_URL:
		quote(f, *(const char *const *)(const void *)at);
		break;
	}
	fputc('\n', f);
	if (conf_row_said(row))
		dump_said(f, row, (const void *)at);
}

void
conf_dump(const struct conf *c, FILE *f)
{
	for (size_t i = 0; i < conf_nsections; i++) {
		const struct conf_section *s = &conf_sections[i];
		const char *base = s->titled ? (const char *)c->provider
					     : (const char *)c + s->offset;

		for (size_t k = 0; k < (s->titled ? c->nprovider : 1); k++) {
			if (s->titled)
				fprintf(f, "%s \"%s\" {\n", s->name,
				    c->provider[k].slug);
			else
				fprintf(f, "%s {\n", s->name);
			for (size_t r = 0; r < s->nrows; r++)
				dump_row(f, &s->rows[r], base + k * s->size);
			fputs("}\n", f);
		}
	}
}
