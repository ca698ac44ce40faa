#include "core/handout/words.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define WORD(name, text) [WORD_##name] = (text),
static const char *const words_en[WORD_COUNT] = {
#include "core/handout/words/en.def"
};
static const char *const words_de[WORD_COUNT] = {
#include "core/handout/words/de.def"
};
static const char *const words_fr[WORD_COUNT] = {
#include "core/handout/words/fr.def"
};
static const char *const words_es[WORD_COUNT] = {
#include "core/handout/words/es.def"
};
static const char *const words_it[WORD_COUNT] = {
#include "core/handout/words/it.def"
};
static const char *const words_pt[WORD_COUNT] = {
#include "core/handout/words/pt.def"
};
static const char *const words_nl[WORD_COUNT] = {
#include "core/handout/words/nl.def"
};
static const char *const words_pl[WORD_COUNT] = {
#include "core/handout/words/pl.def"
};
static const char *const words_cs[WORD_COUNT] = {
#include "core/handout/words/cs.def"
};
static const char *const words_sv[WORD_COUNT] = {
#include "core/handout/words/sv.def"
};
static const char *const words_tr[WORD_COUNT] = {
#include "core/handout/words/tr.def"
};
static const char *const words_uk[WORD_COUNT] = {
#include "core/handout/words/uk.def"
};
static const char *const words_ar[WORD_COUNT] = {
#include "core/handout/words/ar.def"
};
static const char *const words_he[WORD_COUNT] = {
#include "core/handout/words/he.def"
};
static const char *const words_ja[WORD_COUNT] = {
#include "core/handout/words/ja.def"
};
static const char *const words_zh[WORD_COUNT] = {
#include "core/handout/words/zh.def"
};
#undef WORD

static const struct language {
	const char *tag;
	const char *const *words;
	bool rtl;
} languages[] = {
#define LANGUAGE(tag, rtl) {#tag, words_##tag, rtl},
#include "core/base/languages.def"
#undef LANGUAGE
};

/* By the primary subtag: "pt-BR" is read by who reads "pt". */
static const struct language *
find(const char *language)
{
	size_t n = strcspn(language, "-_");

	for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++)
		if (strlen(languages[i].tag) == n &&
		    strncasecmp(language, languages[i].tag, n) == 0)
			return &languages[i];
	return &languages[0];
}

const char *
words_text(const char *language, enum word w)
{
	const char *t = find(language)->words[w];

	return t != NULL ? t : words_en[w];
}

bool
words_rtl(const char *language)
{
	return find(language)->rtl;
}
