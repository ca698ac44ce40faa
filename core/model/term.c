#include "core/model/term.h"

#include <stddef.h>
#include <string.h>

#define WORD(name, word, ...) [name] = (word),
#define TERM_DEFINE(type, LIST)                                                \
	static const char *const type##_words[] = {LIST(WORD)};                \
                                                                               \
	const char *type##_text(enum type v)                                   \
	{                                                                      \
		size_t n = sizeof(type##_words) / sizeof(*type##_words);       \
                                                                               \
		return (size_t)v < n ? type##_words[v] : "?";                  \
	}                                                                      \
                                                                               \
	bool type##_parse(const char *word, enum type *out)                    \
	{                                                                      \
		size_t n = sizeof(type##_words) / sizeof(*type##_words);       \
                                                                               \
		for (size_t i = 0; word != NULL && i < n; i++)                 \
			if (strcmp(word, type##_words[i]) == 0) {              \
				*out = (enum type)i;                           \
				return true;                                   \
			}                                                      \
		return false;                                                  \
	}

TERM_DEFINE(person_state, PERSON_STATES)
TERM_DEFINE(key_state, KEY_STATES)
TERM_DEFINE(key_standing, KEY_STANDINGS)
TERM_DEFINE(key_kind, KEY_KINDS)
TERM_DEFINE(security, SECURITIES)
TERM_DEFINE(lifetime, LIFETIMES)
TERM_DEFINE(things, THINGS)
TERM_DEFINE(style, STYLES)
TERM_DEFINE(binding, BINDINGS)
TERM_DEFINE(cap_rule, CAP_RULES)
TERM_DEFINE(device_origin, DEVICE_ORIGINS)
TERM_DEFINE(dialect, DIALECTS)
TERM_DEFINE(ma_policy, MA_POLICIES)
TERM_DEFINE(voucher_state, VOUCHER_STATES)
TERM_DEFINE(scope, SCOPES)
TERM_DEFINE(role, ROLES)
TERM_DEFINE(noun, NOUNS)
TERM_DEFINE(outbox_kind, OUTBOX_KINDS)
TERM_DEFINE(webhook_state, WEBHOOK_STATES)
TERM_DEFINE(outbox_state, OUTBOX_STATES)

const char *
dialect_title(enum dialect d)
{
#define TITLE(name, word, title) [name] = (title),
	static const char *const titles[] = {DIALECTS(TITLE)};
#undef TITLE
	size_t n = sizeof(titles) / sizeof(*titles);

	return (size_t)d < n ? titles[d] : "?";
}
