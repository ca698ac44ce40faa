#include "portal/web/lang.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/say.h"
#include "portal/web/tpl.h"
#include "templates.h"

const char *
tpl_msg(int lang, int message)
{
	const char *text = NULL;

	if (lang > 0 && lang <= langs_count && langs[lang].messages != NULL)
		text = langs[lang].messages[message];
	return text != NULL ? text : tpl_messages[message];
}

const char *
tpl_plural(int lang, int plural, int64_t n)
{
	const struct lang *l = &langs[lang];
	const char *text = NULL;
	int f;

	if (lang > 0 && lang <= langs_count && l->forms != NULL) {
		f = l->plural(n < 0 ? (uint64_t)-n : (uint64_t)n);
		if (f >= 0 && f < l->nplurals)
			text = l->forms[plural * l->nplurals + f];
	}
	return text != NULL ? text : tpl_plurals[plural][n != 1];
}

static int
by_text(const void *text, const void *entry)
{
	return strcmp(text, tpl_messages[*(const int *)entry]);
}

const char *
tpl_said(int lang, const char *text)
{
	const int *at =
	    bsearch(text, tpl_order, TPL_MESSAGES, sizeof(*tpl_order), by_text);

	return at == NULL ? text : tpl_msg(lang, *at);
}

const char *
tpl_month(int lang, int month)
{
	static const char *const months[] = {SAY("January"), SAY("February"),
	    SAY("March"), SAY("April"), SAY("May"), SAY("June"), SAY("July"),
	    SAY("August"), SAY("September"), SAY("October"), SAY("November"),
	    SAY("December")};

	return tpl_said(lang, months[month]);
}

int
lang_find(const char *code)
{
	for (int i = 0; i <= langs_count; i++)
		if (strcasecmp(langs[i].code, code) == 0)
			return i;
	return -1;
}

/* "de-CH;q=0.8" -> language and weight in thousandths; -1 when not ours. */
static int
range(const char *p, size_t len, int *weight)
{
	char code[16];
	size_t n = strcspn(p, ";,- \t");
	const char *q;

	*weight = 1000;
	if (n > len)
		n = len;
	if (n == 0 || n >= sizeof(code))
		return -1;
	memcpy(code, p, n);
	code[n] = '\0';
	q = memmem(p, len, "q=", 2);
	if (q != NULL) {
		double w = strtod(q + 2, NULL);

		*weight = w >= 0 && w <= 1 ? (int)(w * 1000) : 0;
	}
	return lang_find(code);
}

int
lang_accept(const char *header, int fallback)
{
	int best = fallback, best_weight = 0;

	for (int i = 0; header != NULL && i < 32; i++) {
		size_t len = strcspn(header, ",");
		int weight, lang;

		while (len > 0 && (*header == ' ' || *header == '\t')) {
			header++;
			len--;
		}
		lang = range(header, len, &weight);
		if (lang >= 0 && weight > best_weight) {
			best = lang;
			best_weight = weight;
		}
		header += len;
		if (*header++ == '\0')
			break;
	}
	return best;
}
