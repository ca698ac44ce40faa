/*
 * compile.h - HTML pages with values in them become C functions
 *
 * templates/README describes the language. One compiler reads all files, the
 * partials (whose names begin with '_') first, and then writes one header and
 * one source file. Whatever is not right is an error with file and line.
 */
#pragma once

#include <stddef.h>

#include "core/base/buf.h"
#include "templates/place.h"

enum {
	TPL_FILES_MAX = 200,
	TPL_NAME = 48,
	TPL_STRUCTS_MAX = 300,
	TPL_FIELDS_MAX = 40,
	TPL_MESSAGES_MAX = 3000,
	TPL_PLURALS_MAX = 400,
	TPL_FORMS_MAX = 6,
	TPL_DEPTH_MAX = 12,
	TPL_ALIAS_MAX = 8,
	TPL_OUT_MAX = 8 << 20,
	TPL_WHY = 300,
};

enum tpl_type {
	TPL_TEXT,
	TPL_WORDS, /* text in English, written in the reader's language */
	TPL_INT,
	TPL_BOOL,
	TPL_TIME,
	TPL_HTML,
	TPL_ONE,  /* a record */
	TPL_LIST, /* a list of records */
};

struct tpl_field {
	char name[TPL_NAME];
	enum tpl_type type;
	int record; /* index into structs */
	int file;   /* where it is declared: index into files, and line */
	int line;
};

struct tpl_struct {
	char name[TPL_NAME];
	bool page;
	struct tpl_field fields[TPL_FIELDS_MAX];
	int nfields;
};

struct tpl_file {
	char name[TPL_NAME]; /* without .html; partials keep their '_' */
	const char *text;
	size_t len;
};

struct tpl {
	struct tpl_file files[TPL_FILES_MAX];
	int nfiles;
	struct tpl_struct structs[TPL_STRUCTS_MAX]; /* 0: what all share */
	int nstructs;
	char *messages[TPL_MESSAGES_MAX];
	bool format[TPL_MESSAGES_MAX]; /* it comes from C and has a '%' */
	int nmessages;
	char *plurals[TPL_PLURALS_MAX][2]; /* one, many */
	int nplurals;
	struct buf langs; /* rows of the table of languages */
	int nlangs;
	int unsaid;            /* translations of what no page says any more */
	struct buf head, body; /* the two files made */
	char why[TPL_WHY];     /* file:line: what */
};

/* TPL is large: made by the caller, zeroed, freed with tpl_clear(). */
void tpl_init(struct tpl *t);
void tpl_clear(struct tpl *t);

/* Registers a file; TEXT is borrowed until the end. False with why. */
bool tpl_add(struct tpl *t, const char *name, const char *text, size_t len);

/* Compiles all of them into head and body. False with why. */
bool tpl_compile(struct tpl *t);

/* The index of a message, added when new; -1 when there are too many. */
int tpl_message(struct tpl *t, const char *text);

/* The same for a message that depends on a number. */
int tpl_plural_message(struct tpl *t, const char *one, const char *many);

/* --- between the parts of the compiler --- */

/* What a name in a partial stands for. */
struct tpl_alias {
	char name[TPL_NAME];
	char expr[200]; /* C */
	enum tpl_type type;
	int record;
};

/* Names that can be seen, from the inside out. */
struct tpl_scope {
	const struct tpl_scope *outer;
	int record;         /* whose fields, or -1: aliases */
	char var[TPL_NAME]; /* C: "p->" */
	struct tpl_alias alias[TPL_ALIAS_MAX];
	int naliases;
};

struct tpl_run {
	struct tpl *t;
	const struct tpl_file *file;
	const char *p, *end;
	int line, depth, loops, indent;
	struct place place;
	struct buf *literal; /* text not yet written out */
};

/* Sets why to `file:line: ...` (the first wins) and returns false. */
bool tpl_fail(struct tpl_run *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Declarations: {{page ...}}, {{record ...}}, {{shared ...}}. */
bool tpl_declare(struct tpl_run *r, const char *inside, size_t len);

/* After the last declaration: no page has a field of a name that all pages
 * share. False with why. */
bool tpl_declared(struct tpl *t);

/* A word of [a-z0-9_], skipping blanks before it; false when none. */
bool tpl_word(const char **p, const char *end, char out[static TPL_NAME]);
void tpl_blanks(const char **p, const char *end);

/* A quoted string with \" and \\ in it, NUL-terminated. */
bool tpl_string(const char **p, const char *end, char *out, size_t size);

struct tpl_value {
	char expr[200];
	enum tpl_type type;
	int record;
};

/* Resolves a.b.c; false when unknown. */
bool tpl_resolve(struct tpl_run *r, const struct tpl_scope *s, const char **p,
    const char *end, struct tpl_value *out);

/* Writes TEXT as a C string literal. */
void tpl_c_string(struct buf *b, const char *text, size_t len);
