/*
 * accord.h - the terms of use, and which of them somebody has accepted
 *
 * Terms are a text of the operator's (portal.terms_file), shown on the pages
 * where they are accepted, or an address elsewhere (portal.terms_url). Beside
 * terms.txt, terms.de.txt is what readers of German see, and terms_url_de is
 * where they are sent. Their version is portal.terms_version, or the beginning
 * of the texts' hash; who has accepted another one is asked again. Without a
 * version once is enough.
 */
#pragma once

#include "core/conf/conf.h"
#include "core/model/noun.h"
#include "templates.h"

enum {
	ACCORD_MAX = 64 * 1024, /* octets of the text */
	ACCORD_PARTS = 500,     /* its paragraphs */
	ACCORD_WHY = 300,
};

struct accord_text {
	char *text;         /* NULL: there is none in this language */
	struct tpl_para *v; /* its paragraphs, N of them */
	size_t n;
};

struct accord {
	char version[TERMS_VERSION_MAX + 1];
	const struct conf_said *url; /* addresses elsewhere, "": none */
	struct accord_text text;     /* when it is a file of ours */
	struct accord_text *said;    /* in other languages, by number */
};

/* Reads the files, before privileges are gone. CONFIG when one is no UTF-8 text
 * of that size or has more paragraphs: WHY says so. */
MUST_USE enum err accord_open(
    const struct conf *conf, struct accord *out, char why[static ACCORD_WHY]);
void accord_close(struct accord *a);

/* The text for readers of LANG (lang.h): in their language where there is one,
 * else the one for all. accord_own() says whether they have a text or an
 * address of their own. */
bool accord_own(const struct accord *a, int lang);
const struct accord_text *accord_in(const struct accord *a, int lang);

/* The address of the terms for readers of LANGUAGE; "": there are none. */
const char *accord_where(const struct accord *a, const char *language);

/* Cuts TEXT, which is changed, into paragraphs: lines until an empty one. More
 * than MAX are left out. */
size_t accord_cut(char *text, struct tpl_para *v, size_t max);

/* Has P still to accept them? */
bool accord_due(const struct accord *a, const struct person *p);
