/*
 * words.h - what sheets say, in the language of who reads them
 *
 * The words live in words/LANGUAGE.def, one file for each language, all with
 * the same names; core/base/languages.def lists them. A page says more and has
 * its own catalogues; a sheet has these few and no catalogue after the root has
 * been changed.
 */
#pragma once

#include <stdbool.h>

enum word {
#define WORD(name, text) WORD_##name,
#include "core/handout/words/en.def"
#undef WORD
	WORD_COUNT
};

/* The word in the language of a BCP 47 tag, in English if there is none. */
const char *words_text(const char *language, enum word w);

/* True when the language is written from right to left. */
bool words_rtl(const char *language);
