/*
 * lang.h - languages of the pages
 *
 * Catalogues are templates/po/CODE.po, made into tables when the program is
 * built. Language 0 is English, the language of the templates themselves.
 */
#pragma once

#include <stdbool.h>

struct lang {
	const char *code;            /* BCP 47 */
	const char *name;            /* in itself */
	const char *dir;             /* "ltr", "rtl" */
	const char *const *messages; /* by number; NULL entries: English */
};

extern const struct lang langs[];
extern const int langs_count;

/* The index of CODE, or -1. */
int lang_find(const char *code);

/* The best of ours for an Accept-Language header (may be NULL), otherwise
 * FALLBACK. */
int lang_accept(const char *header, int fallback);
