/*
 * table.h - conf.def as rows, for the files of this folder
 */
#pragma once

#include "core/conf/conf.h"

enum conf_kind {
	CONF_TEXT,
	CONF_SAID,
	CONF_SAID_URL,
	CONF_WORD,
	CONF_PATH_,
	CONF_SECRET,
	CONF_URL,
	CONF_LIST,
	CONF_INT,
	CONF_TIME,
	CONF_SIZE,
	CONF_BOOL
};

struct conf_row {
	const char *name;
	enum conf_kind kind;
	const char *preset; /* NULL: must be given */
	int64_t least, most;
	const char *words, *doc;
	size_t offset; /* in its section's struct */
};

struct conf_section {
	const char *name, *doc;
	bool titled;
	size_t offset, size; /* in struct conf; of the section's struct */
	const struct conf_row *rows;
	size_t nrows;
};

extern const struct conf_section conf_sections[];
extern const size_t conf_nsections;

/* The languages of conf_said, by number. */
extern const char *const conf_languages[];
extern const int conf_nlanguages;

enum { CONF_NAME_MAX = 40 }; /* of a setting, with its language */

/* May be written once for each language, too. */
static inline bool
conf_row_said(const struct conf_row *row)
{
	return row->kind == CONF_SAID || row->kind == CONF_SAID_URL;
}

/* Memory of one configuration: freed as a whole. */
struct conf_memory;
void *conf_get(struct conf_memory *m, size_t len);
char *conf_copy(struct conf_memory *m, const char *text);
struct conf_memory *conf_memory_new(void);
void conf_memory_free(struct conf_memory *m);

/* Reads TEXT (a whole value as written) into the member of SECTION_AT. False
 * with what was expected in WANT. */
bool conf_value(const struct conf_row *row, const char *text, void *section_at,
    struct conf_memory *m, char want[static CONF_WHY]);

/* The same for what readers of LANGUAGE (a number) are told. */
bool conf_said_value(const struct conf_row *row, int language, const char *text,
    void *section_at, struct conf_memory *m, char want[static CONF_WHY]);

/* The row NAME is of, as "welcome" or "welcome_de"; NULL when S has none.
 * LANGUAGE is -1 for the former. */
const struct conf_row *
conf_row_find(const struct conf_section *s, const char *name, int *language);

/* What is wrong about NAME, which no row is called, when it is a text in a
 * language we have not: true, and WHY says so. */
bool conf_said_wrong(
    const struct conf_section *s, const char *name, char why[static CONF_WHY]);

/* The same for a list of N entries. */
bool conf_list_value(const struct conf_row *row, const char *const *v, size_t n,
    void *section_at, struct conf_memory *m, char want[static CONF_WHY]);
