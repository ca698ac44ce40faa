#include "portal/web/said.h"

#include <stdio.h>

#include "core/base/say.h"
#include "portal/web/lang.h"
#include "portal/web/tpl.h"

enum { SAID_MAX = 200 };

const char *
said_standing(int lang, enum key_standing s)
{
	static const char *const words[] = {
	    [KEY_IS_SCHEDULED] = SAY("Not yet"),
	    [KEY_IS_ACTIVE] = SAY("Works"),
	    [KEY_IS_SUSPENDED] = SAY("Suspended"),
	    [KEY_IS_EXPIRED] = SAY("Expired"),
	    [KEY_IS_REVOKED] = SAY("Revoked"),
	};

	return tpl_said(lang, words[s]);
}

static const char *
kept(struct arena *a, struct buf *b)
{
	const char *text = b->err ? NULL : arena_text(a, buf_str(b));

	return text == NULL ? "" : text;
}

const char *
said_date(
    struct arena *a, int lang, const struct tm *tm, bool day, const char *zone)
{
	OWN(buf) struct buf b = BUF(SAID_MAX);
	char clock[16];

	if (tm->tm_year + 1900 > 9999)
		return "";
	(void)snprintf(
	    clock, sizeof(clock), "%02d:%02d", tm->tm_hour, tm->tm_min);
	tpl_say(&b, lang,
	    tpl_said(lang, day ? SAY("{day} {month} {year}")
			       : SAY("{day} {month} {year}, {time}")),
	    (struct tpl_arg[]){{.name = "day", .number = tm->tm_mday},
		{.name = "month", .text = tpl_month(lang, tm->tm_mon)},
		{.name = "year", .number = tm->tm_year + 1900},
		{.name = "time", .text = clock}},
	    4);
	if (zone != NULL)
		buf_printf(&b, " (%s)", zone);
	return kept(a, &b);
}

const char *
said_amount(struct arena *a, int lang, int64_t octets)
{
	static const char *const units[] = {
	    SAY("B"), SAY("kB"), SAY("MB"), SAY("GB"), SAY("TB")};
	const char *unit;
	double v = (double)octets;
	size_t u = 0;
	int tenths;

	if (octets <= 0)
		return "";
	for (; v >= 999.5 && u + 1 < sizeof(units) / sizeof(*units); u++)
		v /= 1000;
	unit = tpl_said(lang, units[u]);
	if (u == 0 || v >= 9.95)
		return arena_printf(a, "%.0f %s", v, unit);
	tenths = (int)(v * 10 + 0.5);
	return arena_printf(
	    a, "%d%s%d %s", tenths / 10, langs[lang].point, tenths % 10, unit);
}

const char *
said_layout(struct arena *a, int lang, const char *paper, int cards)
{
	OWN(buf) struct buf b = BUF(SAID_MAX);
	const char *words = cards == 0   ? SAY("{paper}, a letter")
			    : cards == 1 ? SAY("{paper}, a card")
					 : SAY("{paper}, {cards} cards");

	tpl_say(&b, lang, tpl_said(lang, words),
	    (struct tpl_arg[]){{.name = "paper", .text = paper},
		{.name = "cards", .number = cards}},
	    2);
	return kept(a, &b);
}

const char *
said_mac(struct arena *a, const struct mac *m)
{
	char *t = arena_get(a, MAC_TEXT);

	if (t != NULL)
		mac_text(m, t);
	return t;
}
