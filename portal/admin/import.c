/* Tables of passwords and people: looked at, shown row by row, then taken. */
#include "core/service/imports.h"

#include <string.h>

#include "core/service/setup.h"
#include "portal/admin/choices.h"
#include "portal/web/route.h"

enum {
	ROWS_MAX = 5000,     /* in one go; more with `latchkey key import` */
	TABLE_MAX = 2 << 20, /* octets */
	SHOWN_MAX = 200,     /* rows on the page, wrong ones first */
	ARENA_MAX = 64 << 20,
	RESULT_MAX = 8 << 20,
};

/* What the form brought, and what came of it. */
struct job {
	struct page *p;
	enum import_kind kind;
	const char *text;
	size_t len;
	struct uid plan;
	struct call call; /* with an arena of its own */
	struct import_row *rows;
	size_t n, wrong, did[3];
	bool trial;
};

static const char *const did[] = {"new", "changed", "same"};

static bool
kind_of(const struct page *p, enum import_kind *out)
{
	const char *word = p->rq->args[0];

	*out = strcmp(word, "keys") == 0 ? IMPORT_KEYS : IMPORT_PEOPLE;
	return *out == IMPORT_KEYS || strcmp(word, "people") == 0;
}

/* --- the result --- */

static void
fill(const struct import_row *r, struct tpl_import_row *v)
{
	*v = (struct tpl_import_row){.line = (int64_t)r->line,
	    .who = r->who,
	    .name = r->name,
	    .field = r->why.field,
	    .wrong = r->err == ERR_OK ? ""
		     : r->why.text[0] ? r->why.text
				      : err_words(r->err),
	    .is_new = strcmp(r->did, did[0]) == 0,
	    .is_changed = strcmp(r->did, did[1]) == 0};
}

/* The wrong ones; the first ones when none is. */
static size_t
shown(const struct job *j, struct tpl_import_row *v)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n && n < SHOWN_MAX; i++)
		if (j->wrong == 0 || j->rows[i].err)
			fill(&j->rows[i], &v[n++]);
	return n;
}

static enum err
show(struct job *j, const char *wrong, int status)
{
	struct page *p = j->p;
	struct tpl_import_row *v = arena_array(p->arena, SHOWN_MAX, sizeof(*v));
	const struct tpl_choice *choices = NULL;
	size_t n, nplans = 0;
	enum err e;

	if (v == NULL)
		return ERR_NO_MEMORY;
	n = shown(j, v);
	if ((e = admin_plan_choices(p, j->plan.s, &choices, &nplans)))
		return e;
	e = PAGE(p, admin_import, .word = p->rq->args[0],
	    .keys = j->kind == IMPORT_KEYS, .text = j->text ? j->text : "",
	    .plan = j->plan.s, .plans = {choices, nplans}, .wrong = wrong,
	    .looked = j->n > 0, .taken = j->n > 0 && !j->trial, .rows = {v, n},
	    .total = (int64_t)j->n, .bad = (int64_t)j->wrong,
	    .fresh = (int64_t)j->did[0], .changed = (int64_t)j->did[1],
	    .same = (int64_t)j->did[2],
	    .more = n < (j->wrong ? j->wrong : j->n));
	p->rp->status = status;
	return e;
}

static enum err
result(struct job *j)
{
	OWN(buf) struct buf b = BUF(RESULT_MAX);

	imports_result(j->rows, j->n, true, &b);
	if (b.err)
		return b.err;
	buf_add(&j->p->rp->body, buf_str(&b), b.len);
	return page_file(j->p, "text/csv; charset=utf-8",
	    j->kind == IMPORT_KEYS ? "passwords-result.csv"
				   : "people-result.csv");
}

/* --- the work --- */

/* Once over the table; the rows stay in the arena of the job. */
static enum err
pass(struct job *j, bool trial)
{
	OWN(imports) struct imports s;
	struct import_row *r;
	size_t n = 0;
	enum err e;

	j->n = j->wrong = 0;
	memset(j->did, 0, sizeof(j->did));
	j->trial = trial;
	if ((e = imports_open(&j->call, &s, j->kind, j->text, j->len)))
		return e;
	s.trial = trial;
	s.plan = j->plan;
	do {
		e = imports_next(&j->call, &s, &r, &n);
		if (e && (r == NULL || !trial))
			return e;
		if (j->n + n > ROWS_MAX)
			return why_set(&j->call.why, ERR_TOO_BIG, "file",
			    "A table may have %d rows here. For more, use "
			    "`latchkey key import`.",
			    ROWS_MAX);
		for (size_t i = 0; i < n; i++) {
			j->rows[j->n++] = r[i];
			j->wrong += r[i].err != ERR_OK;
			for (size_t k = 0; k < 3; k++)
				j->did[k] +=
				    !r[i].err && strcmp(r[i].did, did[k]) == 0;
		}
	} while (n > 0);
	return ERR_OK;
}

/* Trial first: nothing is stored of a table with a wrong row in it. */
static enum err
work(struct job *j, bool only_look)
{
	enum err e;

	j->rows = arena_array(
	    j->call.arena, ROWS_MAX + IMPORTS_BATCH, sizeof(*j->rows));
	if (j->rows == NULL)
		return ERR_NO_MEMORY;
	if ((e = pass(j, true)) || only_look || j->wrong)
		return e;
	return pass(j, false);
}

static enum err
table(struct job *j)
{
	struct page *p = j->p;

	j->text = form_text(&p->form, "text");
	j->len = strlen(j->text);
	if (p->file.octets != NULL) {
		j->len = p->file.len;
		j->text = arena_copy(p->arena, p->file.octets, j->len);
	}
	if (j->text == NULL)
		return ERR_NO_MEMORY;
	(void)uid_parse(form_text(&p->form, "plan"), &j->plan);
	return j->len <= TABLE_MAX ? ERR_OK
				   : why_set(&j->call.why, ERR_TOO_BIG, "file",
					 "A table may have %d MB here. For "
					 "more, use `latchkey key import`.",
					 TABLE_MAX >> 20);
}

enum err
admin_import(struct page *p)
{
	struct job j = {.p = p};

	if (!kind_of(p, &j.kind))
		return ERR_NOT_FOUND;
	return show(&j, "", 200);
}

enum err
admin_import_take(struct page *p)
{
	OWN(arena) struct arena *a = arena_new(ARENA_MAX);
	const char *act = form_text(&p->form, "act");
	struct job j = {.p = p, .call = p->call};
	enum err e;

	if (a == NULL)
		return ERR_NO_MEMORY;
	if (!kind_of(p, &j.kind))
		return ERR_NOT_FOUND;
	j.call.arena = a;
	if ((e = table(&j)) == ERR_OK)
		e = work(&j, strcmp(act, "look") == 0);
	if (e == ERR_STORE || e == ERR_BUSY || e == ERR_NO_MEMORY)
		return e;
	if (e) {
		j.n = 0;
		if (strlen(j.text ? j.text : "") < j.len)
			j.text = ""; /* no text at all: not shown again */
		return show(&j,
		    j.call.why.text[0] ? j.call.why.text : err_words(e),
		    err_http(e));
	}
	if (strcmp(act, "file") == 0)
		return result(&j);
	return show(&j, "", j.wrong ? 400 : 200);
}

enum err
admin_import_template(struct page *p)
{
	enum import_kind kind;

	if (!kind_of(p, &kind))
		return ERR_NOT_FOUND;
	buf_text(&p->rp->body, imports_template(kind));
	return page_file(p, "text/csv; charset=utf-8",
	    kind == IMPORT_KEYS ? "passwords.csv" : "people.csv");
}
