/*
 * conf.h - latchkey.conf
 *
 * One file for all three programs. Every setting is one line of conf.def,
 * which makes the members below, the check of each value, the sample file and
 * the list of settings. Once loaded a configuration never changes.
 *
 *	conf->portal.port, conf->store.path, conf->provider[0].issuer
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/own.h"
#include "core/base/secret.h"

enum {
	CONF_WHY = 600,
	CONF_FILE_MAX = 256 * 1024,
	CONF_LIST_MAX = 64,
	CONF_PROVIDERS_MAX = 16,
	CONF_TEXT_MAX = 4096
};

#define CONF_PATH "/etc/latchkey/latchkey.conf"

struct conf_list {
	const char *const *v;
	size_t n;
};

/* What the operator says to people. NAME = "..." is for everybody, NAME_de =
 * "..." for readers of German. ALL is never NULL once loaded. */
struct conf_said {
	const char *all;
	const char *const *in; /* by number of core/base/languages.def, NULL
				* where ALL stands; NULL: everywhere */
};

/* One that says the same in every language. */
#define CONF_SAID_ALL(text) ((struct conf_said){.all = (text)})

/* What readers of LANGUAGE (BCP 47; who reads pt-BR reads pt) are told: what
 * is said in it, even when that is "", else what is for everybody. */
const char *conf_said(const struct conf_said *s, const char *language);

/* What the kinds of conf.def are in C. Texts are never NULL. */
#define CONF_C_TEXT const char *   /* UTF-8, one line */
#define CONF_C_WORD const char *   /* one of the words the setting allows */
#define CONF_C_PATH const char *   /* absolute path; "" when not set */
#define CONF_C_SECRET const char * /* absolute path of a file with a secret */
#define CONF_C_URL                                                             \
	const char * /* https://...; no trailing slash kept as is              \
		      */
#define CONF_C_SAID struct conf_said     /* a TEXT, by language */
#define CONF_C_SAID_URL struct conf_said /* a URL, by language */
#define CONF_C_LIST struct conf_list
#define CONF_C_INT int64_t
#define CONF_C_TIME int64_t /* seconds; written 90s, 30m, 12h, 7d */
#define CONF_C_SIZE int64_t /* octets; written 512, 64k, 8M, 1G */
#define CONF_C_BOOL bool    /* written yes, no */

/* struct conf_portal, struct conf_radius, ...: one member per setting. A
 * titled section starts with its title, `slug`. */
#define SECTION(section, doc) struct conf_##section {
#define TITLED(section, doc)                                                   \
	struct conf_##section {                                                \
		const char *slug;
#define SETTING(section, name, kind, ...) CONF_C_##kind name;
#define END(section)                                                           \
	}                                                                      \
	;
#include "core/conf/conf.def"
#undef SECTION
#undef TITLED
#undef SETTING
#undef END

struct conf {
	struct conf_portal portal;
	struct conf_radius radius;
	struct conf_radsec radsec;
	struct conf_store store;
	struct conf_keys keys;
	struct conf_log log;
	struct conf_admin admin;
	struct conf_mail mail;
	struct conf_webhook webhook;
	struct conf_sms sms;
	struct conf_syslog syslog;
	struct conf_guest guest;
	struct conf_captive captive;
	struct conf_retention retention;
	struct conf_provider *provider;
	size_t nprovider;
	void *memory; /* what the members point into */
};

/*
 * Reads and checks the file at PATH. CONFIG, with `file:line: what is wrong,
 * what was expected` in WHY, for a file that cannot be used; secret files that
 * exist must not be open to others. A missing secret file is not refused here
 * (not every program may see all of them): conf_secret() does.
 */
MUST_USE enum err
conf_load(const char *path, struct conf **out, char why[static CONF_WHY]);

/* The same from memory, touching no file. NAME is the file's in messages. One
 * thread at a time, as libconfuse keeps its lexer's state in the process. */
MUST_USE enum err conf_parse(const char *name, const char *text, size_t len,
    struct conf **out, char why[static CONF_WHY]);

/* Every file the configuration names exists and can be read by the caller,
 * for `latchkey check-config`. CONFIG with the first that is not in WHY. */
MUST_USE enum err
conf_check_files(const struct conf *c, char why[static CONF_WHY]);

/* Reads a secret from FILE: one line, its newline dropped. CONFIG, with the
 * reason in WHY, when missing, empty, over SECRET_MAX octets, or open to
 * others than its owner and group. */
MUST_USE enum err
conf_secret(const char *file, struct secret *out, char why[static CONF_WHY]);

/* What is wrong, in WHY; CONFIG. */
enum err conf_say(char why[static CONF_WHY], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void conf_free(struct conf *c);

static inline void
conf_own(struct conf **c)
{
	conf_free(*c);
}

/* What the button of P says to readers of LANGUAGE. */
const char *
conf_provider_label(const struct conf_provider *p, const char *language);

/* The section of the provider called SLUG, or NULL. */
const struct conf_provider *
conf_provider(const struct conf *c, const char *slug);

/* Writes a commented file with every setting at its default. */
void conf_sample(FILE *f);

/* Writes the settings in force in the same form, paths but no secrets. */
void conf_dump(const struct conf *c, FILE *f);
