#include "core/service/imports.h"

#include <ctype.h>
#include <string.h>

#include "core/base/text.h"
#include "core/model/field.h"
#include "core/service/act.h"
#include "core/service/imports_parts.h"

enum {
	BEYOND = -1,   /* more values than columns */
	NAMELESS = -2, /* spreadsheets end lines with empty columns */
};

/* --- columns --- */

/* Ours, then what other products call them. Compared without case, blanks and
 * marks. */
static const struct {
	enum imports_column column;
	const char *name;
} names[] = {
    {COLUMN_PERSON, "person"},
    {COLUMN_PERSON, "subject"},
    {COLUMN_PERSON, "user"},
    {COLUMN_PERSON, "username"},
    {COLUMN_PERSON_NAME, "personname"},
    {COLUMN_PERSON_NAME, "fullname"},
    {COLUMN_PERSON_NAME, "displayname"},
    {COLUMN_MAIL, "mail"},
    {COLUMN_MAIL, "email"},
    {COLUMN_MAIL, "mailaddress"},
    {COLUMN_LANGUAGE, "language"},
    {COLUMN_UNIT, "unit"},
    {COLUMN_UNIT, "flat"},
    {COLUMN_UNIT, "room"},
    {COLUMN_NETWORK, "network"},
    {COLUMN_NETWORK, "ssid"},
    {COLUMN_PLAN, "plan"},
    {COLUMN_KIND, "kind"},
    {COLUMN_NAME, "name"},
    {COLUMN_PASSPHRASE, "passphrase"},
    {COLUMN_PASSPHRASE, "psk"},
    {COLUMN_PASSPHRASE, "password"},
    {COLUMN_NOT_BEFORE, "notbefore"},
    {COLUMN_NOT_BEFORE, "starts"},
    {COLUMN_NOT_AFTER, "notafter"},
    {COLUMN_NOT_AFTER, "ends"},
    {COLUMN_NOT_AFTER, "expires"},
    {COLUMN_NOT_AFTER, "expiretime"},
};

const char *
imports_template(enum import_kind kind)
{
	if (kind == IMPORT_PEOPLE)
		return "subject,name,mail,language\r\n"
		       "ada@example.org,Ada Example,ada@example.org,en\r\n";
	return "person,person_name,mail,unit,network,plan,kind,name,"
	       "passphrase,not_before,not_after\r\n"
	       "ada@example.org,Ada Example,ada@example.org,,,,personal,"
	       "Phone,,,2027-12-31\r\n";
}

static int
column_of(enum import_kind kind, const char *name)
{
	char plain[64];
	size_t n = 0;

	for (; *name && n + 1 < sizeof(plain); name++)
		if (isalnum((unsigned char)*name))
			plain[n++] = (char)tolower((unsigned char)*name);
	plain[n] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i].name, plain) == 0) {
			int k = (int)names[i].column;
			bool both = k <= COLUMN_LANGUAGE || k == COLUMN_NAME;

			return kind == IMPORT_PEOPLE && !both ? -1 : k;
		}
	return -1;
}

static enum err
unreadable(struct call *c, const struct imports *s, enum err e)
{
	return why_set(&c->why, e, "file", "Line %zu: %s", s->csv.line,
	    s->csv.wrong ? s->csv.wrong : err_words(e));
}

static enum err
head(struct call *c, struct imports *s)
{
	bool there[IMPORTS_COLUMNS] = {false};

	for (size_t i = 0; i < s->csv.n; i++) {
		int k = column_of(s->kind, s->csv.value[i]);

		if (s->csv.value[i][0] == '\0') {
			s->column[i] = NAMELESS;
			continue;
		}
		s->column[i] = k;
		if (k < 0)
			return why_set(&c->why, ERR_BAD_INPUT, "file",
			    "There is no column called \"%.40s\" here: see "
			    "the template.",
			    s->csv.value[i]);
		if (there[k])
			return why_set(&c->why, ERR_BAD_INPUT, "file",
			    "The column \"%.40s\" is there twice.",
			    s->csv.value[i]);
		there[k] = true;
	}
	if (there[COLUMN_PERSON] || there[COLUMN_MAIL] ||
	    (there[COLUMN_UNIT] && s->kind == IMPORT_KEYS))
		return ERR_OK;
	return why_set(&c->why, ERR_BAD_INPUT, "file",
	    "The first line must name the columns: at least person, mail or "
	    "unit.");
}

enum err
imports_open(struct call *c, struct imports *s, enum import_kind kind,
    const char *text, size_t len)
{
	enum err e;

	memset(s, 0, sizeof(*s));
	s->kind = kind;
	s->stale = true;
	for (size_t i = 0; i < CSV_COLUMNS_MAX; i++)
		s->column[i] = BEYOND;
	c->why = (struct why){{0}, {0}};
	if ((e = act_need(c, ACT_STAFF)))
		return e;
	if (len > IMPORTS_TEXT)
		return why_set(&c->why, ERR_TOO_BIG, "file",
		    "A table may have at most %d MB.", IMPORTS_TEXT >> 20);
	if ((e = csv_open(&s->csv, text, len)))
		return unreadable(c, s, e);
	if ((e = csv_next(&s->csv)) == ERR_NOT_FOUND)
		return why_set(
		    &c->why, ERR_BAD_INPUT, "file", "There is nothing in it.");
	return e ? unreadable(c, s, e) : head(c, s);
}

void
imports_own(struct imports *s)
{
	csv_own(&s->csv);
	free(s->owners);
	s->owners = NULL;
}

/* --- rows --- */

static const char *
trimmed(char *v)
{
	size_t n;

	while (*v == ' ')
		v++;
	for (n = strlen(v); n > 0 && v[n - 1] == ' ';)
		v[--n] = '\0';
	return v;
}

/* The values of one row by our columns; "" for those that are not there. */
static enum err
read_row(struct call *c, struct imports *s, struct imports_line *l)
{
	char *v;

	for (size_t k = 0; k < IMPORTS_COLUMNS; k++)
		l->value[k] = "";
	l->number = s->csv.line;
	for (size_t i = 0; i < s->csv.n; i++) {
		int k = s->column[i];

		if (k < 0) {
			l->surplus |= k == BEYOND && s->csv.value[i][0];
			continue;
		}
		if ((v = arena_text(c->arena, s->csv.value[i])) == NULL)
			return ERR_NO_MEMORY;
		l->value[k] = k == COLUMN_PASSPHRASE ? v : trimmed(v);
	}
	return ERR_OK;
}

static enum err
read_batch(struct call *c, struct imports *s, struct imports_line *l, size_t *n)
{
	enum err e = ERR_OK;

	for (*n = 0; *n < IMPORTS_BATCH; ++*n, s->rows++) {
		if ((e = csv_next(&s->csv)) == ERR_NOT_FOUND)
			return ERR_OK;
		if (e == ERR_OK && s->rows == IMPORTS_ROWS) {
			s->csv.wrong = NULL;
			e = ERR_TOO_BIG;
		}
		if (e)
			return unreadable(c, s, e);
		if ((e = read_row(c, s, &l[*n])))
			return e;
	}
	return ERR_OK;
}

static struct import_row *
outcome(struct call *c, const struct imports *s, const struct imports_line *l,
    size_t n)
{
	struct import_row *r = arena_array(c->arena, n + 1, sizeof(*r));

	for (size_t i = 0; r && i < n; i++) {
		r[i].line = l[i].number;
		r[i].did = "";
		r[i].who = l[i].value[COLUMN_PERSON];
		if (r[i].who[0] == '\0')
			r[i].who = l[i].value[COLUMN_MAIL];
		if (r[i].who[0] == '\0')
			r[i].who = l[i].value[COLUMN_UNIT];
		r[i].name = l[i].value[COLUMN_NAME];
		if (s->kind == IMPORT_PEOPLE && r[i].name[0] == '\0')
			r[i].name = l[i].value[COLUMN_PERSON_NAME];
		if (l[i].surplus)
			r[i].err = why_set(&r[i].why, ERR_BAD_INPUT, "",
			    "This row has more values than there are columns.");
	}
	return r;
}

enum err
imports_next(
    struct call *c, struct imports *s, struct import_row **out, size_t *n)
{
	OWN(mem) struct imports_line *l = calloc(IMPORTS_BATCH, sizeof(*l));
	struct import_row *r;
	enum err e;

	*out = NULL;
	*n = 0;
	c->why = (struct why){{0}, {0}};
	if (l == NULL)
		return ERR_NO_MEMORY;
	if ((e = read_batch(c, s, l, n))) {
		*n = 0;
		return e;
	}
	if (*n == 0)
		return ERR_OK;
	if ((r = outcome(c, s, l, *n)) == NULL)
		return ERR_NO_MEMORY;
	e = s->kind == IMPORT_KEYS ? imports_keys(c, s, l, r, *n)
				   : imports_people(c, s, l, r, *n);
	*out = r;
	return e;
}

/* --- what came of it --- */

void
imports_result(
    const struct import_row *rows, size_t n, bool head, struct buf *out)
{
	static const char *const names_[] = {
	    "line", "result", "who", "name", "person", "key", "problem"};

	for (size_t i = 0; head && i < 7; i++)
		csv_put(out, names_[i], i < 6 ? ',' : '\n');
	for (size_t i = 0; i < n; i++) {
		const struct import_row *r = &rows[i];

		buf_printf(out, "%zu,", r->line);
		csv_put(out, r->err ? "wrong" : r->did, ',');
		csv_put(out, r->who, ',');
		csv_put(out, r->name, ',');
		csv_put(out, r->person.s, ',');
		csv_put(out, r->key.s, ',');
		csv_put(out,
		    r->err == ERR_OK ? ""
		    : r->why.text[0] ? r->why.text
				     : err_words(r->err),
		    '\n');
	}
}
