/* Many local people at once: added, or brought in line. */
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/people.h"
#include "core/service/people_make.h"

/* Of the store, not of one row. */
static bool
fatal(enum err e)
{
	return e == ERR_STORE || e == ERR_BUSY || e == ERR_NO_MEMORY ||
	       e == ERR_CORRUPT || e == ERR_IO;
}

static enum err
bad(struct call *c, struct person_import *i, enum err e)
{
	i->err = e;
	i->why = c->why;
	i->did = "";
	return fatal(e) ? e : ERR_OK;
}

/* Takes what is not "" from FROM; says whether that changed anything. */
static bool
take(char *to, size_t size, const char *from)
{
	if (from[0] == '\0' || strcmp(to, from) == 0)
		return false;
	text_copy(to, size, from);
	return true;
}

static enum err
change(struct call *c, struct person_import *i, struct person *was)
{
	struct person *p = &i->person;
	OWN(buf) struct buf d = DETAIL;
	bool differs, moved;
	enum err e;

	differs = take(was->name, sizeof(was->name), p->name);
	differs |= moved = take(was->mail, sizeof(was->mail), p->mail);
	differs |= take(was->language, sizeof(was->language), p->language);
	*p = *was;
	i->did = differs ? "changed" : "same";
	if (!differs)
		return ERR_OK;
	detail_text(&d, "name", p->name);
	if ((e = row_set(c->store, &person_rows, p, &p->version)) ||
	    (moved && (e = store_run(c->store, SQL_LINK_PROVEN,
			   DB_ARGS(DB_TEXT(p->id.s), DB_INT(false)), NULL))))
		return e;
	return act_changed(c, "person.set", NOUN_PERSON, &p->id, &d);
}

static enum err
one(struct call *c, struct person_import *i)
{
	struct person *p = &i->person, ready, was;
	bool found;
	enum err e;

	c->why = (struct why){{0}, {0}};
	*i = (struct person_import){.person = *p, .did = ""};
	if (p->subject[0] == '\0')
		text_copy(p->subject, sizeof(p->subject), p->mail);
	if (p->subject[0] == '\0')
		return why_set(&c->why, ERR_BAD_INPUT, "subject",
		    "Give a subject or a mail address.");
	e = row_one(c->store, &person_rows, SQL_PERSON_OF,
	    DB_ARGS(DB_TEXT("local"), DB_TEXT(p->subject)), &was);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	found = e == ERR_OK;
	ready = *p;
	if (found && ready.name[0] == '\0')
		text_copy(ready.name, sizeof(ready.name), was.name);
	if ((e = people_make_ready(c, &ready)))
		return e;
	if (found) {
		text_copy(p->name, sizeof(p->name), ready.name);
		return change(c, i, &was);
	}
	*p = ready;
	i->did = "new";
	return people_make_store(c, p);
}

enum err
people_import(struct call *c, struct person_import *all, size_t n, bool trial)
{
	OWN(tx) struct tx tx = TX_NONE;
	enum err e, first = ERR_OK;
	struct why why = {{0}, {0}};

	if ((e = act_need(c, ACT_STAFF)) || (e = act_begin(c, &tx)))
		return e;
	for (size_t i = 0; i < n; i++) {
		if ((e = one(c, &all[i])) == ERR_OK)
			continue;
		if (first == ERR_OK) {
			first = e;
			why = c->why;
		}
		if ((e = bad(c, &all[i], e)))
			return e;
	}
	c->why = why;
	if (first != ERR_OK || trial)
		return first; /* and all of it is rolled back */
	return act_end(c, &tx);
}
