/* What the operator says to people, in a language of theirs. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/conf/table.h"

const char *const conf_languages[] = {
#define LANGUAGE(tag, rtl) #tag,
#include "core/base/languages.def"
#undef LANGUAGE
};
const int conf_nlanguages = sizeof(conf_languages) / sizeof(*conf_languages);

/* By its first N letters, of either case; -1 for none of ours. */
static int
number(const char *code, size_t n)
{
	for (int i = 0; i < conf_nlanguages; i++)
		if (strlen(conf_languages[i]) == n &&
		    strncasecmp(conf_languages[i], code, n) == 0)
			return i;
	return -1;
}

const char *
conf_said(const struct conf_said *s, const char *language)
{
	int i = s->in ? number(language, strcspn(language, "-_")) : -1;

	return i >= 0 && s->in[i] != NULL ? s->in[i] : s->all;
}

const char *
conf_provider_label(const struct conf_provider *p, const char *language)
{
	const char *label = conf_said(&p->label, language);

	return *label != '\0' ? label : p->slug;
}

bool
conf_said_value(const struct conf_row *row, int language, const char *text,
    void *at, struct conf_memory *m, char want[static CONF_WHY])
{
	struct conf_said *s = (void *)((char *)at + row->offset), one;
	struct conf_row alone = *row;
	const char **in;

	alone.offset = 0;
	if (!conf_value(&alone, text, &one, m, want))
		return false;
	in = conf_get(m, (size_t)conf_nlanguages * sizeof(*in));
	if (in == NULL) {
		(void)snprintf(want, CONF_WHY, "more memory");
		return false;
	}
	if (s->in != NULL)
		memcpy(in, s->in, (size_t)conf_nlanguages * sizeof(*in));
	in[language] = one.all;
	s->in = in;
	return true;
}

/* Does NAME begin with that of ROW and an underscore? What follows, or NULL. */
static const char *
after(const struct conf_row *row, const char *name)
{
	size_t n = strlen(row->name);

	return conf_row_said(row) && strncmp(name, row->name, n) == 0 &&
		       name[n] == '_'
		   ? name + n + 1
		   : NULL;
}

const struct conf_row *
conf_row_find(const struct conf_section *s, const char *name, int *language)
{
	*language = -1;
	for (size_t i = 0; i < s->nrows; i++) {
		const char *code = after(&s->rows[i], name);

		if (strcmp(s->rows[i].name, name) == 0)
			return &s->rows[i];
		if (code &&
		    strcspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(code))
			*language = number(code, strlen(code));
		if (*language >= 0)
			return &s->rows[i];
	}
	return NULL;
}

/* Two or three letters, and whatever somebody adds to them. */
static bool
like_a_language(const char *code)
{
	size_t n = strcspn(code, "-_");

	return n == 2 || n == 3;
}

bool
conf_said_wrong(
    const struct conf_section *s, const char *name, char why[static CONF_WHY])
{
	int n = 0;

	for (size_t i = 0; i < s->nrows && n == 0; i++) {
		const char *code = after(&s->rows[i], name);

		if (code != NULL && like_a_language(code))
			n = snprintf(why, CONF_WHY,
			    "%s: %.60s: no such language; there are", s->name,
			    name);
	}
	for (int i = 0; n > 0 && i < conf_nlanguages; i++)
		n += snprintf(why + n, CONF_WHY - (size_t)n, "%s %s",
		    i == 0 ? "" : ",", conf_languages[i]);
	return n > 0;
}
