#include "core/service/proofs.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/net/mail.h"
#include "core/service/act.h"

enum { DAY = 86400 };

/* Addresses differ by more than case for few, and for none that matters here.
 */
enum err
proofs_address(struct call *c, const char *mail, char out[static MAIL_MAX + 1])
{
	if (strlen(mail) > MAIL_MAX || !mail_address_ok(mail))
		return why_set(&c->why, ERR_BAD_INPUT, "mail",
		    "Give a mail address such as name@example.org.");
	text_copy(out, MAIL_MAX + 1, mail);
	for (char *t = out; *t; t++)
		if (*t >= 'A' && *t <= 'Z')
			*t = (char)(*t - 'A' + 'a');
	return ERR_OK;
}

/* LIMIT rows of SQL: no more. */
static enum err
below(struct call *c, enum sql sql, const struct db_arg *args, int64_t limit)
{
	int64_t n;
	enum err e = store_number(c->store, sql, args, &n);

	if (e != ERR_OK)
		return e;
	return n < limit ? ERR_OK : ERR_THROTTLED;
}

enum err
proofs_bounded(
    struct call *c, const struct proof *p, const struct proof_bounds *b)
{
	int64_t since = c->now - DAY;
	bool link = strcmp(p->kind, "link") == 0;
	enum err e;

	if ((e = store_run(
		 c->store, SQL_PROOF_PURGE, DB_ARGS(DB_INT(since)), NULL)) ||
	    (e = below(c, SQL_PROOF_OF_MAIL,
		 DB_ARGS(DB_TEXT(p->kind), DB_TEXT(p->to), DB_INT(since)),
		 b->each)) ||
	    (e = below(c, SQL_PROOF_OF_ADDRESS,
		 DB_ARGS(DB_TEXT(c->actor.from), DB_INT(since)),
		 PROOFS_SOURCE)) ||
	    (e = below(c, link ? SQL_PROOF_OF_LINKS : SQL_PROOF_OF_GUESTS,
		 DB_ARGS(DB_INT(since)), b->total)))
		return e;
	if (b->pause == 0)
		return ERR_OK;
	return below(c, SQL_PROOF_OF_MAIL,
	    DB_ARGS(
		DB_TEXT(p->kind), DB_TEXT(p->to), DB_INT(c->now - b->pause)),
	    1);
}

enum err
proofs_add(struct call *c, const struct uid *id, const struct proof *p)
{
	return store_run(c->store, SQL_PROOF_ADD,
	    DB_ARGS(DB_TEXT(id->s), DB_TEXT(p->kind), DB_TEXT(p->to),
		DB_TEXT(p->name ? p->name : ""),
		DB_TEXT(p->language ? p->language : ""), DB_TEXT(c->actor.from),
		DB_BLOB(p->code, p->code != NULL ? HASH_LEN : 0),
		DB_INT(c->now)),
	    NULL);
}
