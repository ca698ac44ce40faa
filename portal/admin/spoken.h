/*
 * spoken.h - what machines call things, as administrators read it
 *
 * Acts of the audit, nouns, roles and the words of closed vocabularies are the
 * same everywhere for machines; pages say them in the reader's language. What
 * has no words here is shown as it is, so nothing is ever hidden.
 */
#pragma once

#include "core/service/audit.h"
#include "portal/web/page.h"

/* "key.issue" -> "Password issued"; also what is told or sent, as in
 * "letter.code". */
const char *spoken_act(int lang, const char *act);

/* One of NOUNS. */
const char *spoken_noun(int lang, enum noun noun);

/* The roles of a set above that of a person, with commas; "" for none. */
const char *spoken_roles(struct arena *a, int lang, int roles);

/* The WORD of a closed vocabulary that MEMBER of a noun has, as in "binding"
 * and "first-use"; NULL when there are no words for it. */
const char *spoken_term(int lang, const char *member, const char *word);

/* Who did it, of an audit row's "kind:name:id@address". SAID is what the kind
 * is called, or "" when the name tells enough. FROM, and a name that needs no
 * words, are parts of ACTOR; other texts last as ARENA. */
struct spoken_actor {
	const char *said, *name, *from;
};
MUST_USE enum err spoken_actor(
    struct arena *a, int lang, const char *actor, struct spoken_actor *out);

/* The members of the JSON object DETAIL, each with its name said. */
MUST_USE enum err spoken_detail(
    struct page *p, const char *detail, const struct tpl_cell **out, size_t *n);

/* Every act there are words for, one after the other; NULL at the end. */
const char *spoken_act_at(size_t i);
