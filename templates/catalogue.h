/*
 * catalogue.h - what po/CODE.po says, checked and made into C
 */
#pragma once

#include "templates/compile.h"

/* Reads one catalogue and writes its tables. Other placeholders than in English
 * or a wrong number of plural forms is an error. What is missing, or marked
 * fuzzy, stays English; what no page says any more is counted in T->unsaid. */
bool
catalogue_read(struct tpl *t, const char *code, const char *text, size_t len);

/* The table of languages, English first, and after all that are offered the
 * pseudo-language, whose every word shows that it was translated. */
bool catalogue_end(struct tpl *t);

/* All messages in the form that translators' tools read. */
void catalogue_template(const struct tpl *t, struct buf *out);
