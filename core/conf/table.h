/*
 * table.h - conf.def as rows, for the files of this folder
 */
#pragma once

#include "core/conf/conf.h"

enum conf_kind {
	CONF_TEXT,
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

/* The same for a list of N entries. */
bool conf_list_value(const struct conf_row *row, const char *const *v, size_t n,
    void *section_at, struct conf_memory *m, char want[static CONF_WHY]);
