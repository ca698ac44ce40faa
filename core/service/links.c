#include "core/service/links.h"

#include <string.h>

#include "core/base/text.h"
#include "core/crypt/token.h"
#include "core/service/act.h"
#include "core/service/proofs.h"
#include "core/service/session.h"

/* The store keeps the hash as the name of the row, and not the token. */
static enum err
id_of(const char *token, struct uid *id)
{
	uint8_t hash[TOKEN_HASH];
	enum err e = token_sought(token, hash);

	_Static_assert((int)UID_LEN <= (int)TOKEN_HASH, "an id fits");
	*id = e ? UID_NONE : uid_from(hash);
	return e;
}

static enum err
people_at(struct call *c, const char *mail, struct person **out, size_t *n)
{
	return row_list(c->store, &person_rows, SQL_LINK_PEOPLE,
	    DB_ARGS(
		DB_TEXT(mail), DB_INT(1 << ROLE_PERSON), DB_INT(LINKS_PEOPLE)),
	    c->arena, out, n);
}

/* The letter, and a trace for each of those it is about. */
static enum err
write_to(struct call *c, const struct link_ask *a, const struct secret *token,
    const struct person *all, size_t n)
{
	struct outbox_order o = {.about = NULL};
	struct uid id;
	enum err e = a->letter(
	    a->ctx, n > 0 ? all[0].mail : a->mail, secret_text(token), &o);

	if (e || n == 0)
		return e;
	o.person = &all[0].id;
	if ((e = outbox_add(c, &o, &id)))
		return e;
	for (size_t i = 0; i < n; i++)
		if ((e = act_record(
			 c, "person.link", NOUN_PERSON, &all[i].id, NULL)))
			return e;
	return ERR_OK;
}

enum err
links_ask(struct call *c, const struct link_ask *a)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(secret) struct secret token = SECRET_NONE;
	const struct proof_bounds b = {LINKS_MAILS, LINKS_PAUSE, a->total};
	char to[MAIL_MAX + 1];
	const struct proof p = {.kind = "link", .to = to};
	struct person *all;
	struct uid id;
	size_t n;
	enum err e;

	token_new(&token);
	if ((e = proofs_address(c, a->mail, to)) ||
	    (e = id_of(secret_text(&token), &id)) || (e = act_begin(c, &tx)) ||
	    (e = proofs_bounded(c, &p, &b)) || (e = proofs_add(c, &id, &p)) ||
	    (e = people_at(c, to, &all, &n)) ||
	    (e = write_to(c, a, &token, all, n)))
		return e;
	return act_end(c, &tx);
}

/* The address of SQL, in lower case. */
static enum err
mail_of(struct call *c, enum sql sql, const struct db_arg *args,
    char out[static MAIL_MAX + 1])
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e = db_one(c->store->db, sql, args, &r);

	if (e)
		return e;
	text_copy(out, MAIL_MAX + 1, db_text(&r, 0));
	return db_end(&r);
}

enum err
links_look(struct call *c, const char *token, struct person **out, size_t *n)
{
	char mail[MAIL_MAX + 1];
	struct uid id;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = id_of(token, &id)) ||
	    (e = mail_of(c, SQL_LINK_LOOK,
		 DB_ARGS(DB_TEXT(id.s), DB_INT(c->now - LINKS_VALID)), mail)) ||
	    (e = people_at(c, mail, out, n)))
		return e;
	return *n > 0 ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
sign_in(struct call *c, struct person *p)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	p->last_sign_in = c->now;
	p->roles = 1 << ROLE_PERSON;
	detail_text(&d, "issuer", p->issuer);
	detail_text(&d, "by", "link");
	detail_int(&d, "roles", p->roles);
	if ((e = row_set(c->store, &person_rows, p, &p->version)) ||
	    (e = store_run(c->store, SQL_LINK_PROVEN,
		 DB_ARGS(DB_TEXT(p->id.s), DB_INT(true)), NULL)))
		return e;
	return act_changed(c, "person.sign-in", NOUN_PERSON, &p->id, &d);
}

enum err
links_take(struct call *c, const char *token, const struct uid *as,
    struct person *out, struct secret *session)
{
	OWN(tx) struct tx tx = TX_NONE;
	char mail[MAIL_MAX + 1];
	struct person *all;
	struct uid id;
	size_t n;
	enum err e;

	*out = (struct person){.state = PERSON_ENDED};
	*session = SECRET_NONE;
	if ((e = id_of(token, &id)) || (e = act_begin(c, &tx)) ||
	    (e = mail_of(c, SQL_LINK_TAKE,
		 DB_ARGS(DB_TEXT(id.s), DB_INT(c->now - LINKS_VALID),
		     DB_INT(c->now)),
		 mail)) ||
	    (e = people_at(c, mail, &all, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (uid_same(&all[i].id, as)) {
			if ((e = sign_in(c, &all[i])) ||
			    (e = session_open_by_link(c, &all[i], session)) ||
			    (e = act_end(c, &tx)))
				secret_own(session);
			else
				*out = all[i];
			return e;
		}
	return ERR_NOT_FOUND;
}
