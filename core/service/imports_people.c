/* People of a table, and who a table means. */
#include <ctype.h>
#include <string.h>

#include "core/base/text.h"
#include "core/service/act.h"
#include "core/service/imports_parts.h"
#include "core/service/people.h"

/* --- who is meant --- */

enum { OWNER_NAME = 256 };

struct imports_owner {
	char name[OWNER_NAME]; /* id, subject, or mail in lower case */
	struct uid id;
};

static int
by_name(const void *a, const void *b)
{
	const struct imports_owner *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool
add_name(struct imports *s, size_t *room, const char *name, const char *id)
{
	struct imports_owner *o;

	if (name[0] == '\0')
		return true;
	if (s->nowners == *room) {
		*room = *room ? *room * 2 : 1024;
		o = reallocarray(s->owners, *room, sizeof(*o));
		if (o == NULL)
			return false;
		s->owners = o;
	}
	o = &s->owners[s->nowners++];
	text_copy(o->name, sizeof(o->name), name);
	return uid_parse(id, &o->id);
}

static enum err
read_owners(struct call *c, struct imports *s)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	size_t room = 0;
	enum err e;

	free(s->owners);
	s->owners = NULL;
	s->nowners = 0;
	if ((e = db_query(c->store->db, SQL_PERSON_NAMES, DB_NO_ARGS, &r)))
		return e;
	while (db_next(&r)) {
		const char *id = db_text(&r, 0), *subject = db_text(&r, 1);

		if (!add_name(s, &room, id, id) ||
		    (strcmp(subject, id) != 0 &&
			!add_name(s, &room, subject, id)) ||
		    (strcasecmp(db_text(&r, 2), subject) != 0 &&
			!add_name(s, &room, db_text(&r, 2), id)))
			return ERR_NO_MEMORY;
	}
	if ((e = db_end(&r)))
		return e;
	if (s->nowners)
		qsort(s->owners, s->nowners, sizeof(*s->owners), by_name);
	s->stale = false;
	return ERR_OK;
}

/* The people called NAME exactly: how many, and the first. */
static size_t
called(const struct imports *s, const char *name, struct uid *out)
{
	struct imports_owner like;
	const struct imports_owner *o, *end = s->owners + s->nowners;
	size_t n = 0;

	text_copy(like.name, sizeof(like.name), name);
	o = s->nowners
		? bsearch(&like, s->owners, s->nowners, sizeof(*o), by_name)
		: NULL;
	if (o == NULL)
		return 0;
	while (o > s->owners && strcmp(o[-1].name, like.name) == 0)
		o--;
	for (*out = o->id; o < end && strcmp(o->name, like.name) == 0; o++)
		n += !uid_same(&o->id, out) || n == 0;
	return n;
}

enum err
imports_owner(
    struct call *c, struct imports *s, const char *text, struct uid *out)
{
	char lower[OWNER_NAME];
	size_t n;
	enum err e;

	*out = UID_NONE;
	if (s->stale && (e = read_owners(c, s)))
		return e;
	if ((n = called(s, text, out)) == 0) {
		text_copy(lower, sizeof(lower), text);
		for (char *p = lower; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		n = called(s, lower, out);
	}
	if (n == 1)
		return ERR_OK;
	if (n == 0)
		return ERR_NOT_FOUND;
	return why_set(&c->why, ERR_BAD_INPUT, "person",
	    "Several people have this subject or mail address: use the id.");
}

enum err
imports_verdict(struct call *c, const struct import_row *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (r[i].err) {
			c->why = r[i].why;
			return r[i].err;
		}
	return ERR_OK;
}

/* --- people --- */

/* A value that does not fit is refused, not cut. */
static enum err
fits(const struct imports_line *l, enum imports_column k, const char *field,
    char *out, size_t size, struct why *w)
{
	if (strlen(l->value[k]) >= size)
		return why_set(w, ERR_BAD_INPUT, field,
		    "This is too long: at most %zu characters.", size - 1);
	text_copy(out, size, l->value[k]);
	return ERR_OK;
}

static void
read_person(
    const struct imports_line *l, struct person *p, struct import_row *r)
{
	enum imports_column name =
	    l->value[COLUMN_NAME][0] ? COLUMN_NAME : COLUMN_PERSON_NAME;
	enum err e;

	if (r->err)
		return;
	if ((e = fits(l, COLUMN_PERSON, "subject", p->subject,
		 sizeof(p->subject), &r->why)) ||
	    (e = fits(l, name, "name", p->name, sizeof(p->name), &r->why)) ||
	    (e = fits(
		 l, COLUMN_MAIL, "mail", p->mail, sizeof(p->mail), &r->why)) ||
	    (e = fits(l, COLUMN_LANGUAGE, "language", p->language,
		 sizeof(p->language), &r->why)))
		r->err = e;
}

static void
note(struct import_row *r, const struct person_import *p)
{
	r->did = p->did ? p->did : ""; /* its turn never came */
	r->person = p->err ? UID_NONE : p->person.id;
	if (r->err == ERR_OK) {
		r->err = p->err;
		r->why = p->why;
	}
}

enum err
imports_people(struct call *c, struct imports *s, const struct imports_line *l,
    struct import_row *r, size_t n)
{
	struct person_import *p = arena_array(c->arena, n, sizeof(*p));
	bool wrong = false;
	enum err e;

	if (p == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		read_person(&l[i], &p[i].person, &r[i]);
		wrong |= r[i].err != ERR_OK;
	}
	e = people_import(c, p, n, s->trial || wrong);
	for (size_t i = 0; i < n; i++)
		note(&r[i], &p[i]);
	s->stale = true;
	return wrong ? imports_verdict(c, r, n) : e;
}
