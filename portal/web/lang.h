/*
 * lang.h - languages of the pages
 *
 * Catalogues are templates/po/CODE.po, made into tables when the program is
 * built. Language 0 is English, the language of the templates themselves.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct lang {
	const char *code;            /* BCP 47 */
	const char *name;            /* in itself */
	const char *dir;             /* "ltr", "rtl" */
	const char *point;           /* in 1.5 */
	const char *const *messages; /* by number; NULL entries: English */
	const char *const *forms;    /* of plurals: number * nplurals + form */
	int nplurals;
	int (*plural)(uint64_t n); /* which form */
};

/* Those that are offered; after them comes the pseudo-language en-XA, in which
 * tests find words that were not translated. */
extern const struct lang langs[];
extern const int langs_count;

/* The index of CODE, which may be that of the pseudo-language, or of its first
 * part: who wants pt-BR reads pt. -1 when there is none. */
int lang_find(const char *code);

/* The best of ours for an Accept-Language header (may be NULL), otherwise
 * FALLBACK. */
int lang_accept(const char *header, int fallback);
