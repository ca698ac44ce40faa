#include "core/conf/table.h"

#include <stdlib.h>
#include <string.h>

#define CONF_KIND_TEXT CONF_TEXT
#define CONF_KIND_SAID CONF_SAID
#define CONF_KIND_SAID_URL CONF_SAID_URL
#define CONF_KIND_WORD CONF_WORD
#define CONF_KIND_PATH CONF_PATH_
#define CONF_KIND_SECRET CONF_SECRET
#define CONF_KIND_URL CONF_URL
#define CONF_KIND_LIST CONF_LIST
#define CONF_KIND_INT CONF_INT
#define CONF_KIND_TIME CONF_TIME
#define CONF_KIND_SIZE CONF_SIZE
#define CONF_KIND_BOOL CONF_BOOL

/* once: the rows of each section */
#define SECTION(section, doc) static const struct conf_row section##_rows[] = {
#define TITLED(section, doc) SECTION(section, doc)
#define SETTING(section, name, kind, preset, least, most, words, doc)          \
	{#name, CONF_KIND_##kind, preset, least, most, words, doc,             \
	    offsetof(struct conf_##section, name)},
#define END(section)                                                           \
	}                                                                      \
	;
#include "core/conf/conf.def"
#undef SECTION
#undef TITLED
#undef SETTING
#undef END

/* twice: the sections */
#define SECTION(section, doc)                                                  \
	{#section, doc, false, offsetof(struct conf, section),                 \
	    sizeof(struct conf_##section), section##_rows,                     \
	    sizeof(section##_rows) / sizeof(section##_rows[0])},
#define TITLED(section, doc)                                                   \
	{#section, doc, true, offsetof(struct conf, section),                  \
	    sizeof(struct conf_##section), section##_rows,                     \
	    sizeof(section##_rows) / sizeof(section##_rows[0])},
#define SETTING(...)
#define END(section)
const struct conf_section conf_sections[] = {
#include "core/conf/conf.def"
};
#undef SECTION
#undef TITLED
#undef SETTING
#undef END

const size_t conf_nsections = sizeof(conf_sections) / sizeof(conf_sections[0]);

/* --- memory --- */

struct conf_memory {
	struct conf_memory *next;
};

struct conf_memory *
conf_memory_new(void)
{
	return calloc(1, sizeof(struct conf_memory));
}

void *
conf_get(struct conf_memory *m, size_t len)
{
	struct conf_memory *piece;

	if (len > SIZE_MAX / 2 ||
	    (piece = calloc(1, sizeof(*piece) + len + 16)) == NULL)
		return NULL;
	piece->next = m->next;
	m->next = piece;
	/* aligned for any member */
	return (char *)(piece + 1) + (16 - sizeof(*piece) % 16) % 16;
}

char *
conf_copy(struct conf_memory *m, const char *text)
{
	size_t len = strlen(text) + 1;
	char *p = conf_get(m, len);

	return p ? memcpy(p, text, len) : NULL;
}

void
conf_memory_free(struct conf_memory *m)
{
	while (m != NULL) {
		struct conf_memory *next = m->next;

		free(m);
		m = next;
	}
}
