/* latchkey - set-up, supervision and administration from a shell */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"

enum { HELP_COLUMN = 47 }; /* where explanations begin */

/* A verb and what it takes; two spaces or a new line, then what it does. The
 * completion of the shell reads these lines. */
static void
help_line(const struct verb *v)
{
	int n = printf("  %s%s%s%s%s", v->noun, v->verb[0] ? " " : "", v->verb,
	    v->usage[0] ? " " : "", v->usage);

	if (n > HELP_COLUMN - 2) {
		(void)putchar('\n');
		n = 0;
	}
	(void)printf("%*s%s\n", HELP_COLUMN - n, "", v->summary);
}

static const struct verb *
find(const char *noun, const char *verb, bool *known)
{
	const struct verb *alone = NULL;

	*known = false;
	for (size_t i = 0; i < verbs_count; i++) {
		if (strcmp(verbs[i].noun, noun) != 0)
			continue;
		*known = true;
		if (verbs[i].verb[0] == '\0')
			alone = &verbs[i];
		else if (verb && strcmp(verbs[i].verb, verb) == 0)
			return &verbs[i];
	}
	return alone;
}

static int
no_such(const struct cli *c, const char *noun)
{
	return cli_say(c, 2, "there is no %s: see `latchkey help`", noun);
}

static int
help(const struct cli *c, const char *noun)
{
	bool known = true;

	if (noun)
		(void)find(noun, NULL, &known);
	if (!known)
		return no_such(c, noun);
	(void)printf("usage: latchkey [-c FILE] [--json] NOUN VERB ...\n\n");
	for (size_t i = 0; i < verbs_count; i++)
		if (noun == NULL || strcmp(verbs[i].noun, noun) == 0)
			help_line(&verbs[i]);
	(void)printf("\nSettings are in " CONF_PATH " unless -c names another "
		     "file; see latchkey(8).\n");
	return 0;
}

static void
help_fields(const struct verb *v)
{
	char name[CLI_NAME];

	help_line(v);
	for (const struct field *f = v->fields; f && f->name; f++)
		if (f->flags & FIELD_SET)
			(void)printf("    --%-16s %s%s%s%s%s\n",
			    cli_dashed(f->name, name, sizeof(name)), f->help,
			    f->flags & FIELD_REQUIRED ? " *" : "",
			    f->term ? " (" : "", f->term ? f->term->all : "",
			    f->term ? ")" : "");
}

static enum err
open_conf(struct cli *c, char why[static CONF_WHY])
{
	enum log_level level = LOG_WARN_;
	enum err e = conf_load(c->conf_path, &c->conf, why);

	if (e == ERR_OK)
		log_start(
		    "latchkey", strcmp(c->conf->log.form, "json") == 0, level);
	return e;
}

/* Who sits at the shell, for the audit. */
static void
who(struct cli *c)
{
	const char *sudo = getenv("SUDO_USER");
	struct passwd *p = sudo ? NULL : getpwuid(getuid());

	c->call.actor.kind = ACTOR_CLI;
	text_copy(c->call.actor.name, sizeof(c->call.actor.name),
	    sudo ? sudo
	    : p  ? p->pw_name
		 : "unknown");
}

static int
open_store(struct cli *c)
{
	char why[RING_WHY];
	enum err e = ring_load(c->conf->keys.master_key, &c->ring, why);

	if (e != ERR_OK)
		return cli_say(c, 1, "%s", why);
	if ((c->arena = arena_new(CLI_ARENA)) == NULL)
		return cli_say(c, 1, "out of memory");
	if ((e = store_service_open(
		 c->conf, c->ring, false, &c->call.store, &c->call.why)))
		return cli_fail(c, e);
	c->call.ring = c->ring;
	c->call.arena = c->arena;
	c->call.now = clock_now();
	who(c);
	return 0;
}

static int
run(struct cli *c, const struct verb *v)
{
	char why[CONF_WHY];
	int status = 0;

	if (v->verb[0] && c->nwords > 0) {
		c->nwords--;
		memmove(c->word, c->word + 1, c->nwords * sizeof(c->word[0]));
	}
	if (cli_option(c, "help")) {
		help_fields(v);
		return 0;
	}
	if (v->needs >= CLI_CONF && open_conf(c, why) != ERR_OK)
		return cli_say(c, CLI_CONFIG, "%s", why);
	if (v->needs >= CLI_STORE)
		status = open_store(c);
	if (status == 0)
		status = v->run(c, v);
	store_service_close(c->call.store);
	arena_free(c->arena);
	ring_free(c->ring);
	conf_free(c->conf);
	return status;
}

/* What was asked for and reached nobody was not done. */
static int
written(const struct cli *c, int status)
{
	bool before = ferror(stdout) != 0;

	if (fflush(stdout) == 0 && !before)
		return status;
	return cli_say(c, status ? status : 1,
	    "standard output cannot be written: %s",
	    before ? "not all of it is there" : strerror(errno));
}

int
main(int argc, char **argv)
{
	struct cli c = {.program = "latchkey", .conf_path = CONF_PATH};
	const char *noun, *verb;
	const struct verb *v;
	bool known;

	log_start("latchkey", false, LOG_WARN_);
	if (!cli_parse(&c, argc, argv, &noun, &verb))
		return 2;
	if (noun == NULL || strcmp(noun, "help") == 0)
		return written(&c, help(&c, noun ? verb : NULL));
	if ((v = find(noun, verb, &known)) != NULL)
		return written(&c, run(&c, v));
	if (!known)
		return no_such(&c, noun);
	if (cli_option(&c, "help"))
		return help(&c, noun);
	return cli_say(&c, 2, "%s %s: see `latchkey help %s`", noun,
	    verb ? "has no such verb" : "wants a verb", noun);
}
