/*
 * editor.h - the nouns an administrator sets up, each as one row
 *
 * Networks, plans, rules and access points are listed, added, changed and
 * removed by the same pages, through the tables of core/model/field.h. A new
 * member of a noun shows up here by itself.
 */
#pragma once

#include "core/model/field.h"
#include "core/service/setup.h"
#include "core/service/units.h"
#include "portal/web/page.h"

union editor_noun {
	struct network network;
	struct plan plan;
	struct rule rule;
	struct access_point ap;
	struct unit unit;
};

struct editor {
	const char *word;  /* in the path: "networks" */
	const char *title; /* of the page of all */
	const char *anew;  /* of the form of one more */
	const struct field *fields;
	size_t size;
	bool secret; /* has a shared secret beside its members */
	enum err (*list)(struct call *c, void **out, size_t *n);
	enum err (*get)(
	    struct call *c, const struct uid *id, union editor_noun *out);
	enum err (*add)(
	    struct call *c, union editor_noun *n, const struct secret *s);
	enum err (*set)(
	    struct call *c, union editor_noun *n, const struct secret *s);
	/* with effect on those on the air; NULL: there is no such thing */
	enum err (*set_now)(
	    struct call *c, union editor_noun *n, const struct secret *s);
	enum err (*remove)(struct call *c, const struct uid *id);
	void (*start)(union editor_noun *n); /* sensible defaults */
};

/* The helps of field.c that pages show, to be translated, with NULL at the end;
 * and those of a shared secret, which is no member: of a new one, and of one
 * that is there. */
extern const char *const editor_helps[];
extern const char editor_secret_help[], editor_secret_kept[];

/* The title of the group of members that begins with FIRST in the form of the
 * editor WORD, on pages of LANG; NULL: none begins there. */
const char *editor_group(int lang, const char *word, const char *first);

/* For lists and forms: what a member is called, even one that label.c does not
 * know; what it is as text; a maker's name; whether F is what a noun of E is
 * known by, though it does not stand first. */
const char *editor_called(struct page *p, const char *name);
const char *
editor_value(struct page *p, const struct field *f, const void *noun);
const char *editor_maker(int lang, enum dialect d);
bool editor_names_it(const struct editor *e, const struct field *f);

/* The row called WORD, or NULL. */
const struct editor *editor_find(const char *word);

/* What the pages do with E, whatever it is: show an empty form, add, show the
 * form of argument ID, save, remove. */
MUST_USE enum err editor_new(struct page *p, const struct editor *e);
MUST_USE enum err editor_add(struct page *p, const struct editor *e);
MUST_USE enum err
editor_edit(struct page *p, const struct editor *e, const struct uid *id);
MUST_USE enum err
editor_save(struct page *p, const struct editor *e, const struct uid *id);
MUST_USE enum err
editor_remove(struct page *p, const struct editor *e, const struct uid *id);

/* The texts of a list page. */
MUST_USE enum err editor_list(struct page *p, const struct editor *e);

/* The form for NOUN; TYPED, when not NULL, is shown instead of what NOUN holds,
 * so that nothing that was typed is lost. STATUS is that of the reply. */
MUST_USE enum err editor_form(struct page *p, const struct editor *e,
    const union editor_noun *noun, const struct form *typed, int status);

/* Reads the form into NOUN; BAD_INPUT with the field in p->call.why. */
MUST_USE enum err editor_read(struct page *p, const struct editor *e,
    union editor_noun *noun, struct secret *secret);
