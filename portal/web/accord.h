/*
 * accord.h - the terms of use, and which of them somebody has accepted
 *
 * Terms are a text of the operator's (portal.terms_file), shown on the pages
 * where they are accepted, or an address elsewhere (portal.terms_url). Their
 * version is portal.terms_version, or the beginning of the text's hash; who has
 * accepted another one is asked again. Without a version once is enough.
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

struct accord {
	char version[TERMS_VERSION_MAX + 1];
	const char *where; /* the address of the text; "": there are no terms */
	struct tpl_para *v; /* its paragraphs, when it is a file of ours */
	size_t n;
	char *text;
};

/* Reads the file, before privileges are gone. CONFIG when it is no UTF-8 text
 * of that size or has more paragraphs: WHY says so. */
MUST_USE enum err accord_open(
    const struct conf *conf, struct accord *out, char why[static ACCORD_WHY]);
void accord_close(struct accord *a);

/* Cuts TEXT, which is changed, into paragraphs: lines until an empty one. More
 * than MAX are left out. */
size_t accord_cut(char *text, struct tpl_para *v, size_t max);

/* Has P still to accept them? */
bool accord_due(const struct accord *a, const struct person *p);
