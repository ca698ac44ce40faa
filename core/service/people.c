#include "core/service/people.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/disconnects.h"
#include "core/service/people_make.h"
#include "core/service/states.h"

enum { LIST_MAX = 1000, CLAIMS_MAX = 32768 };

/* Oneself, and those who look after people; others see nothing there: a front
 * desk sees guests by their passwords. */
static enum err
may_see(const struct call *c, const struct uid *person)
{
	if (act_is(c, person) || act_need(c, ACT_READ) == ERR_OK)
		return ERR_OK;
	return ERR_NOT_FOUND;
}

enum err
people_get(struct call *c, const struct uid *id, struct person *out)
{
	enum err e = may_see(c, id);

	if (e == ERR_OK)
		return row_get(c->store, &person_rows, id, out);
	*out = (struct person){0};
	return e;
}

enum err
people_find(struct call *c, const char *text, struct person *out)
{
	struct person *all = NULL;
	struct uid id;
	size_t n = 0, total = 0, fits = 0;
	enum err e;

	if (uid_parse(text, &id))
		return people_get(c, &id, out);
	if ((e = people_list(c, text, 0, LIST_MAX, &all, &n, &total)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].mail, text) == 0 ||
		    strcmp(all[i].subject, text) == 0 ||
		    strcmp(all[i].name, text) == 0) {
			*out = all[i];
			fits++;
		}
	if (fits == 1)
		return ERR_OK;
	return why_set(&c->why, ERR_NOT_FOUND, "person",
	    fits ? "More than one person is called %.80s: use the mail "
		   "address or the id."
		 : "There is no person called %.80s.",
	    text);
}

static enum err
person_read(struct call *c, const struct db_rows *r, void *item)
{
	int at = 0;

	(void)c;
	return row_read(&person_rows, r, &at, item);
}

static const struct act_list all_people = {SQL_PERSON_LIST,
    SQL_PERSON_LIST_BACK, SQL_PERSON_COUNT, person_read, sizeof(struct person)};

enum err
people_list(struct call *c, const char *search, size_t offset, size_t limit,
    struct person **out, size_t *n, size_t *total)
{
	const char *like;
	int64_t count;
	enum err e;

	*out = NULL;
	*n = *total = 0;
	limit = limit < LIST_MAX ? limit : LIST_MAX;
	if ((e = act_need(c, ACT_READ)) || (e = act_pattern(c, search, &like)))
		return e;
	if (*like == '\0')
		return act_page(c, &all_people, offset, limit, out, n, total);
	if ((e = row_list(c->store, &person_rows, SQL_PERSON_SEARCH,
		 DB_ARGS(DB_TEXT(like), DB_INT(limit), DB_INT(offset)),
		 c->arena, out, n)) ||
	    act_all_listed(c, offset, *n, limit, total))
		return e;
	e = store_number(
	    c->store, SQL_PERSON_SEARCH_COUNT, DB_ARGS(DB_TEXT(like)), &count);
	*total = (size_t)count;
	return e;
}

/* --- adding by hand --- */

static enum err
mail_check(struct call *c, const char *mail)
{
	const char *at = strchr(mail, '@');

	if (mail[0] == '\0')
		return ERR_OK;
	if (at == NULL || at == mail || at[1] == '\0' || strchr(at + 1, '@') ||
	    mail[strcspn(mail, " \t\r\n,;<>\"")] != '\0')
		return why_set(&c->why, ERR_BAD_INPUT, "mail",
		    "Give a mail address such as ada@example.org.");
	return ERR_OK;
}

enum err
people_make_ready(struct call *c, struct person *p)
{
	enum err e;

	if ((e = act_need(c, ACT_DESK)) ||
	    (e = act_name(c, p->name, "name", false)) ||
	    (e = mail_check(c, p->mail)))
		return e;
	p->id = uid_new();
	text_copy(p->issuer, sizeof(p->issuer), "local");
	if (p->subject[0] == '\0')
		text_copy(p->subject, sizeof(p->subject), p->id.s);
	p->roles = 1 << ROLE_PERSON;
	p->groups_known = true;
	p->state = PERSON_ACTIVE;
	p->state_reason[0] = '\0';
	p->state_since = p->created = c->now;
	p->terms_at = p->last_sign_in = 0;
	p->version = 1;
	return ERR_OK;
}

enum err
people_make_store(struct call *c, const struct person *p)
{
	OWN(buf) struct buf d = DETAIL;
	enum err e;

	detail_text(&d, "name", p->name);
	if ((e = row_add(c->store, &person_rows, p)) == ERR_OK)
		return act_changed(c, "person.add", NOUN_PERSON, &p->id, &d);
	return e == ERR_EXISTS
		   ? why_set(&c->why, e, "subject",
			 "There is a local person of this subject already.")
		   : e;
}

enum err
people_add(struct call *c, struct person *p)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = people_make_ready(c, p)) || (e = act_begin(c, &tx)) ||
	    (e = people_make_store(c, p)))
		return e;
	return act_end(c, &tx);
}

/* --- states --- */

enum err
states_person(struct call *c, const struct uid *id, enum person_state state,
    const char *reason)
{
	OWN(buf) struct buf d = DETAIL;
	struct person p;
	char text[200];
	bool off;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_reason(c, reason, text)) ||
	    (e = row_get(c->store, &person_rows, id, &p)) ||
	    (e = store_any(
		 c->store, SQL_SCIM_USER_OFF, DB_ARGS(DB_TEXT(id->s)), &off)))
		return e;
	if (off && state == PERSON_ACTIVE)
		return why_set(&c->why, ERR_BAD_STATE, "state",
		    "The directory has disabled this account: enable it "
		    "there.");
	if (p.state == state)
		return why_set(&c->why, ERR_BAD_STATE, "state",
		    "This person is %s already.", person_state_text(state));
	detail_text(&d, "from", person_state_text(p.state));
	detail_text(&d, "to", person_state_text(state));
	detail_text(&d, "reason", text);
	p.state = state;
	p.state_since = c->now;
	text_copy(p.state_reason, sizeof(p.state_reason), text);
	if ((e = row_set(c->store, &person_rows, &p, &p.version)) ||
	    (state != PERSON_ACTIVE && (e = disconnects_queue_person(c, id))) ||
	    (state == PERSON_ENDED &&
		(e = store_run(c->store, SQL_SESSION_END_PERSON,
		     DB_ARGS(DB_TEXT(id->s)), NULL))))
		return e;
	return act_changed(c, "person.state", NOUN_PERSON, id, &d);
}

enum err
people_set_state(struct call *c, const struct uid *id, enum person_state state,
    const char *reason)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)) ||
	    (e = states_person(c, id, state, reason)))
		return e;
	return act_end(c, &tx);
}

enum err
people_planned(
    struct call *c, const struct uid *id, enum person_state *state, int64_t *at)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*state = PERSON_ACTIVE;
	*at = 0;
	if ((e = may_see(c, id)) || (e = db_one(c->store->db, SQL_PERSON_NEXT,
					 DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	*at = db_int(&r, 2);
	return *at == 0 || person_state_parse(db_text(&r, 0), state)
		   ? db_end(&r)
		   : ERR_CORRUPT;
}

enum err
people_plan_state(struct call *c, const struct uid *id, enum person_state state,
    const char *reason, int64_t at)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct person p;
	char text[200];
	enum err e;

	if ((e = act_need(c, ACT_STAFF)) || (e = act_reason(c, reason, text)))
		return e;
	if (at != 0 && at <= c->now)
		return why_set(&c->why, ERR_BAD_INPUT, "at",
		    "Give a time that is still to come.");
	detail_text(&d, "to", person_state_text(state));
	detail_int(&d, "at", at);
	if ((e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &person_rows, id, &p)) ||
	    (e = store_run(c->store, SQL_PERSON_NEXT_SET,
		 DB_ARGS(DB_TEXT(id->s),
		     DB_TEXT(at ? person_state_text(state) : ""),
		     DB_TEXT(at ? text : ""), DB_INT(at)),
		 NULL)) ||
	    (e = act_record(c, "person.plan-state", NOUN_PERSON, id, &d)))
		return e;
	return act_end(c, &tx);
}

/* --- small changes by the person --- */

static enum err
own(const struct call *c, const struct uid *id)
{
	return act_is(c, id) || act_need(c, ACT_STAFF) == 0 ? ERR_OK
							    : ERR_NOT_FOUND;
}

enum err
people_accept_terms(struct call *c, const struct uid *id, const char *version,
    const char *language)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct person p;
	enum err e;

	if ((e = own(c, id)) || (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &person_rows, id, &p)))
		return e;
	if (p.terms_at != 0 &&
	    (!*version || strcmp(p.terms_version, version) == 0))
		return ERR_OK;
	p.terms_at = c->now;
	text_copy(p.terms_version, sizeof(p.terms_version), version);
	if (*version)
		detail_text(&d, "terms", p.terms_version);
	if (*language)
		detail_text(&d, "language", language);
	if ((e = row_set(c->store, &person_rows, &p, &p.version)) ||
	    (e = act_changed(c, "person.terms", NOUN_PERSON, id, &d)))
		return e;
	return act_end(c, &tx);
}

enum err
people_set_language(struct call *c, const struct uid *id, const char *language)
{
	OWN(tx) struct tx tx = TX_NONE;
	OWN(buf) struct buf d = DETAIL;
	struct person p;
	enum err e;

	if (strlen(language) >= sizeof(p.language) ||
	    language[strspn(language, "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-")] != '\0')
		return why_set(&c->why, ERR_BAD_INPUT, "language",
		    "Give a language such as en or pt-BR.");
	if ((e = own(c, id)) || (e = act_begin(c, &tx)) ||
	    (e = row_get(c->store, &person_rows, id, &p)))
		return e;
	text_copy(p.language, sizeof(p.language), language);
	detail_text(&d, "language", language);
	if ((e = row_set(c->store, &person_rows, &p, &p.version)) ||
	    (e = act_record(c, "person.language", NOUN_PERSON, id, &d)))
		return e;
	return act_end(c, &tx);
}
