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

static int
exactly(const char *code, size_t len)
{
	for (int i = 0; i <= langs_count; i++)
		if (strlen(langs[i].code) == len &&
		    strncasecmp(langs[i].code, code, len) == 0)
			return i;
	return -1;
}

int
lang_find(const char *code)
{
	int i = exactly(code, strlen(code));

	return i >= 0 ? i : exactly(code, strcspn(code, "-_"));
}

/* A qvalue (RFC 9110, section 12.4.2) in thousandths; 0, which means "not
 * this", also for what is none. */
static int
qvalue(const char *p, const char *end)
{
	int w, scale = 100;

	if (p == end || (*p != '0' && *p != '1'))
		return 0;
	w = (*p++ - '0') * 1000;
	if (p < end && *p == '.')
		for (p++; p < end && *p >= '0' && *p <= '9'; p++, scale /= 10)
			w += (*p - '0') * scale;
	return p == end && w <= 1000 ? w : 0;
}

static void
trim(const char **p, const char **end)
{
	while (*p < *end && (**p == ' ' || **p == '\t'))
		(*p)++;
	while (*end > *p && ((*end)[-1] == ' ' || (*end)[-1] == '\t'))
		(*end)--;
}

/* What follows a language: ";q=0.8", of which spaces are no part. */
static int
weight_of(const char *p, const char *end)
{
	while (p < end) {
		const char *from = p + 1;
		const char *next = memchr(from, ';', (size_t)(end - from));
		const char *last = next == NULL ? end : next;

		p = last;
		trim(&from, &last);
		if (last - from >= 2 && (*from == 'q' || *from == 'Q') &&
		    from[1] == '=')
			return qvalue(from + 2, last);
	}
	return 1000;
}

/* By its first part: who asks for de-CH reads de. Some devices still ask for
 * Hebrew by the code it had before 1989. */
static int
primary(const char *p, const char *end)
{
	char code[9];
	size_t n = 0;

	while (p < end && *p != '-' && n < sizeof(code) - 1)
		code[n++] = *p++;
	if (n == 0 || (p < end && *p != '-'))
		return -1;
	code[n] = '\0';
	return lang_find(strcasecmp(code, "iw") == 0 ? "he" : code);
}

int
lang_accept(const char *header, int fallback)
{
	int best = fallback, best_weight = 0;

	for (int i = 0; header != NULL && *header != '\0' && i < 32; i++) {
		const char *p = header, *end = header + strcspn(header, ",");
		const char *semicolon = memchr(p, ';', (size_t)(end - p));
		const char *last = semicolon == NULL ? end : semicolon;
		int lang, weight = weight_of(last, end);

		trim(&p, &last);
		lang = primary(p, last);
		if (lang >= 0 && weight > best_weight) {
			best = lang;
			best_weight = weight;
		}
		header = *end == ',' ? end + 1 : end;
	}
	return best;
}
