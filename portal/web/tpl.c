#include "portal/web/tpl.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/say.h"
#include "portal/web/lang.h"

static const char *
entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

static void
escaped(struct buf *b, const char *text, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		const char *e = entity(text[i]);

		if (e == NULL)
			continue;
		buf_add(b, text + from, i - from);
		buf_text(b, e);
		from = i + 1;
	}
	buf_add(b, text + from, len - from);
}

void
tpl_text(struct buf *b, const char *text)
{
	if (text != NULL)
		escaped(b, text, strlen(text));
}

void
tpl_hex(struct buf *b, const char *text)
{
	if (text != NULL && strlen(text) == 6 &&
	    strspn(text, "0123456789abcdefABCDEF") == 6)
		buf_text(b, text);
}

static bool
url_ok(const char *u)
{
	static const char *const schemes[] = {"https://", "mailto:", "tel:"};

	for (const char *p = u; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || *p == '\\' || *p == 0x7f)
			return false;
	if (u[0] == '/')
		return u[1] != '/';
	if (u[0] == '#' || u[0] == '?')
		return true;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (strncmp(u, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

void
tpl_url(struct buf *b, const char *url)
{
	tpl_text(b, url != NULL && url_ok(url) ? url : "#");
}

static bool
unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~@", c) != NULL);
}

void
tpl_url_part(struct buf *b, const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (unreserved(c))
			buf_char(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

void
tpl_int(struct buf *b, int64_t n)
{
	buf_printf(b, "%lld", (long long)n);
}

void
tpl_time_plain(struct buf *b, int64_t when)
{
	char t[CLOCK_TEXT];

	clock_text(when, t);
	buf_text(b, t);
}

/* "25 November 2026, 14:05 UTC" */
static void
spoken_time(struct buf *b, int lang, int64_t when)
{
	time_t t = (time_t)when;
	char clock[16];
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || tm.tm_year + 1900 > 9999) {
		tpl_time_plain(b, when);
		return;
	}
	(void)snprintf(
	    clock, sizeof(clock), "%02d:%02d", tm.tm_hour, tm.tm_min);
	tpl_say(b, lang,
	    tpl_said(lang, SAY("{day} {month} {year}, {time} UTC")),
	    (struct tpl_arg[]){{.name = "day", .number = tm.tm_mday},
		{.name = "month", .text = tpl_month(lang, tm.tm_mon)},
		{.name = "year", .number = tm.tm_year + 1900},
		{.name = "time", .text = clock}},
	    4);
}

void
tpl_time(struct buf *b, int lang, int64_t when)
{
	buf_text(b, "<time datetime=\"");
	tpl_time_plain(b, when);
	buf_text(b, "\">");
	spoken_time(b, lang, when);
	buf_text(b, "</time>");
}

void
tpl_raw(struct buf *b, struct tpl_html html)
{
	if (html.s != NULL)
		buf_text(b, html.s);
}

bool
tpl_any(const char *text)
{
	return text != NULL && *text != '\0';
}

/* Does TEXT hold letters that are written the other way than LANG is? */
static bool
other_way(int lang, const char *text)
{
	bool rtl = strcmp(langs[lang].dir, "rtl") == 0;

	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p, d = (unsigned char)p[1];

		/* Hebrew to Arabic Extended-A, and their presentation forms */
		bool is_rtl = (c >= 0xd6 && c <= 0xdf) ||
			      (c == 0xe0 && d >= 0xa0 && d <= 0xa3) ||
			      (c == 0xef && d >= 0xac && d <= 0xbb);

		if (is_rtl && !rtl)
			return true;
		if (rtl && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			return true;
	}
	return false;
}

/* A name in a sentence that runs the other way keeps its quotes and its order:
 * between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX 9). */
static void
name(struct buf *b, int lang, const char *text)
{
	bool apart = other_way(lang, text);

	/* ended below; NOLINTNEXTLINE(misc-misleading-bidirectional) */
	buf_text(b, apart ? "\u2068" : "");
	tpl_text(b, text);
	buf_text(b, apart ? "\u2069" : "");
}

static void
argument(struct buf *b, int lang, const struct tpl_arg *a)
{
	if (a->time)
		spoken_time(b, lang, a->number);
	else if (a->words)
		tpl_words(b, lang, a->text);
	else if (a->text != NULL)
		name(b, lang, a->text);
	else
		tpl_int(b, a->number);
}

void
tpl_say(struct buf *b, int lang, const char *message,
    const struct tpl_arg *args, int n)
{
	const char *p = message;

	while (*p != '\0') {
		size_t plain = strcspn(p, "{");
		const char *end = strchr(p + plain, '}');

		escaped(b, p, plain);
		p += plain;
		if (*p == '\0' || end == NULL)
			break;
		for (int i = 0; i < n; i++)
			if (strlen(args[i].name) == (size_t)(end - p - 1) &&
			    memcmp(args[i].name, p + 1,
				(size_t)(end - p - 1)) == 0)
				argument(b, lang, &args[i]);
		p = end + 1;
	}
}

/* --- sentences of C --- */

enum { HOLES_MAX = 6, SENTENCE_MAX = 600, WITHIN_MAX = 4 };

static void words(struct buf *b, int lang, const char *text, int within);

struct hole {
	const char *at;
	size_t len;
};

/* Past a conversion; the text after it up to the next one is *LIT, *N. */
static const char *
conversion(const char *p, const char **lit, size_t *n)
{
	p += strcspn(p, "sdiuc");
	p += *p != '\0';
	*lit = p;
	*n = strcspn(p, "%");
	return p;
}

/* Does TEXT come from FORMAT? Each hole is as short as can be, the last takes
 * what is left. */
static int
fits(const char *text, const char *format, struct hole holes[HOLES_MAX])
{
	size_t n = strcspn(format, "%");
	const char *lit;
	int count = 0;

	if (strncmp(text, format, n) != 0)
		return -1;
	for (text += n, format += n; *format == '%';) {
		const char *end;

		format = conversion(format, &lit, &n) + n;
		if (count == HOLES_MAX)
			return -1;
		if (n == 0 || *format == '\0') {
			size_t left = strlen(text);

			end = left < n ? NULL : text + left - n;
		} else
			end = memmem(text, strlen(text), lit, n);
		if (end == NULL || strncmp(end, lit, n) != 0)
			return -1;
		holes[count++] = (struct hole){text, (size_t)(end - text)};
		text = end + n;
	}
	return *text == '\0' ? count : -1;
}

/* What stands in a hole; a whole sentence there is translated, too, a name is
 * not. Sentences WITHIN sentences end somewhere: names can be made to look so.
 */
static void
hole(struct buf *b, int lang, struct hole h, int within)
{
	char text[SENTENCE_MAX];

	if (h.len == 0 || h.len >= sizeof(text) || h.at[h.len - 1] != '.' ||
	    within == WITHIN_MAX) {
		escaped(b, h.at, h.len);
		return;
	}
	memcpy(text, h.at, h.len);
	text[h.len] = '\0';
	words(b, lang, text, within + 1);
}

static void
filled(struct buf *b, int lang, const char *format, const struct hole *holes,
    int n, int within)
{
	for (int i = 0; *format != '\0';) {
		size_t plain = strcspn(format, "%");

		escaped(b, format, plain);
		format += plain;
		if (*format == '\0' || i == n)
			return;
		hole(b, lang, holes[i++], within);
		format = conversion(format, &(const char *){0}, &plain);
	}
}

/* The format that TEXT was made from: of several that fit, the one that leaves
 * least to the holes. */
static int
format_of(const char *text, struct hole holes[HOLES_MAX], int *n)
{
	struct hole here[HOLES_MAX];
	size_t least = SIZE_MAX;
	int best = -1;

	for (int i = 0; tpl_formats[i] >= 0; i++) {
		int count = fits(text, tpl_messages[tpl_formats[i]], here);
		size_t open = 0;

		for (int h = 0; h < count; h++)
			open += here[h].len;
		if (count <= 0 || open >= least)
			continue;
		least = open;
		best = tpl_formats[i];
		*n = count;
		memcpy(holes, here, sizeof(here));
	}
	return best;
}

static void
words(struct buf *b, int lang, const char *text, int within)
{
	struct hole holes[HOLES_MAX];
	const char *said;
	int n, format;

	if (text == NULL || lang == 0) {
		tpl_text(b, text);
		return;
	}
	said = tpl_said(lang, text);
	if (said == text && (format = format_of(text, holes, &n)) >= 0)
		filled(b, lang, tpl_msg(lang, format), holes, n, within);
	else
		tpl_text(b, said);
}

void
tpl_words(struct buf *b, int lang, const char *text)
{
	words(b, lang, text, 0);
}

void
tpl_whole(struct buf *b, size_t from)
{
	static const char word[] = "Wi-Fi";
	OWN(buf) struct buf was = BUF(b->max);
	const char *p, *at;

	if (b->err != ERR_OK || strstr(buf_str(b) + from, word) == NULL)
		return;
	buf_text(&was, buf_str(b) + from);
	b->len = from;
	for (p = buf_str(&was); (at = strstr(p, word)) != NULL;
	     p = at + strlen(word)) {
		buf_add(b, p, (size_t)(at - p));
		buf_printf(b, "<bdi class=\"whole\">%s</bdi>", word);
	}
	buf_text(b, p);
	if (was.err != ERR_OK)
		b->err = was.err;
}
