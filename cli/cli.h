/*
 * cli.h - one run of `latchkey NOUN VERB`
 *
 * A verb is a row of the table in verbs.c. It gets its words and options in a
 * struct cli, calls services as ACTOR_CLI, and prints through out.h. Its
 * return becomes the exit status: 0 done, 1 failed, 2 wrong usage, 78
 * (EX_CONFIG) a configuration that cannot be used.
 */
#pragma once

#include <stdio.h>

#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "core/model/field.h"
#include "core/service/open.h"

enum {
	CLI_WORDS_MAX = 8,
	CLI_OPTIONS_MAX = 64,
	CLI_ARENA = 256 << 20,
	CLI_CONFIG = 78,
};

struct cli_option {
	const char *name, *value;
	bool used;
};

struct cli {
	const char *program, *conf_path;
	bool json;
	const char *word[CLI_WORDS_MAX]; /* after the verb */
	size_t nwords;
	struct cli_option option[CLI_OPTIONS_MAX];
	size_t noptions;
	struct conf *conf;
	struct ring *ring;
	struct arena *arena;
	struct call call; /* valid with CLI_STORE */
};

enum cli_needs {
	CLI_NOTHING,
	CLI_CONF,
	CLI_STORE,
};

struct verb {
	const char *noun, *verb; /* verb "" when there is only the noun */
	const char *usage;       /* what follows them */
	const char *summary;
	enum cli_needs needs;
	int (*run)(struct cli *c, const struct verb *v);
	const struct field *fields; /* of the noun, for add, set and list */
};

extern const struct verb verbs[];
extern const size_t verbs_count;

/* Takes the words apart: `--name value`, `--name=value`, words. False, with a
 * line on standard error, when they do not fit. */
bool cli_parse(
    struct cli *c, int argc, char **argv, const char **noun, const char **verb);

/* The value of option NAME (marked as used), or NULL. */
const char *cli_option(struct cli *c, const char *name);

/* Sets each member of NOUN that callers may set and an option names. REFER
 * reads what names another noun; "" is none. It may be NULL. */
MUST_USE enum err cli_set(struct cli *c, const struct field *fields, void *noun,
    enum err (*refer)(struct cli *c, const struct field *f, const char *text,
	struct uid *id));

/* One line on standard error; returns STATUS. */
int cli_say(const struct cli *c, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* How V is called, on standard error; 2. */
int cli_usage(const struct cli *c, const struct verb *v);

/* 0 when there are N words beside the options, and all of those were used;
 * otherwise 2, after a line that says what would be right. */
int cli_words(const struct cli *c, const struct verb *v, size_t n);

/* What went wrong in words, with the field to blame; the exit status. */
int cli_fail(const struct cli *c, enum err e);

enum { CLI_NAME = 40 };

/* The option for the field NAME, in ROOM: as it is typed, with hyphens. */
const char *cli_dashed(const char *name, char *room, size_t size);

/* Every file C names can be read; what the portal needs, by those who run it
 * (asked when root). Else ERR_CONFIG and WHY. */
enum err cli_check_files(const struct conf *c, char why[static CONF_WHY]);

/* Could USER read FILE, were they here? Nothing can be said of a user that is
 * not there yet: true. Asked when root. */
bool cli_may_read(const char *user, const char *file);

/* False, with a line, when an option was given that nothing used. */
bool cli_all_used(const struct cli *c);

/* Seconds from 90s, 30m, 24h, 7d or a plain number. */
bool cli_span(const char *text, int64_t *out);

/* Reads the one line of FILE ("-": standard input) as a secret. */
MUST_USE enum err
cli_secret(struct cli *c, const char *file, struct secret *out);
