#include "cli/cli.h"

#include <stdarg.h>
#include <string.h>

int
cli_say(const struct cli *c, int status, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "%s: ", c->program);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return status;
}

int
cli_usage(const struct cli *c, const struct verb *v)
{
	return cli_say(c, 2, "usage: latchkey %s%s%s %s", v->noun,
	    v->verb[0] ? " " : "", v->verb, v->usage);
}

int
cli_words(const struct cli *c, const struct verb *v, size_t n)
{
	if (c->nwords != n)
		return cli_usage(c, v);
	return cli_all_used(c) ? 0 : 2;
}

int
cli_fail(const struct cli *c, enum err e)
{
	const struct why *w = &c->call.why;
	int status = e == ERR_CONFIG ? CLI_CONFIG : 1;

	if (e == ERR_SUSPENDED) /* the text is the reason that was given */
		return cli_say(c, status, "the person is suspended%s%s",
		    w->text[0] ? ": " : "", w->text);
	if (w->text[0] == '\0' && e == ERR_STORE && c->conf &&
	    strcmp(c->conf->store.engine, "sqlite") == 0)
		return cli_say(
		    c, status, "%s: %s", c->conf->store.path, err_words(e));
	if (w->text[0] == '\0')
		return cli_say(c, status, "%s", err_words(e));
	if (w->field[0] == '\0' || strcmp(w->field, "store") == 0)
		return cli_say(c, status, "%s", w->text);
	return cli_say(c, status, "%s: %s", w->field, w->text);
}

static bool
add_option(struct cli *c, const char *name, const char *value)
{
	for (size_t i = 0; i < c->noptions; i++)
		if (strcmp(c->option[i].name, name) == 0)
			return cli_say(c, 0, "--%s is there twice", name) != 0;
	if (c->noptions == CLI_OPTIONS_MAX)
		return cli_say(c, 0, "too many options") != 0;
	c->option[c->noptions++] = (struct cli_option){name, value, false};
	return true;
}

const char *
cli_dashed(const char *name, char *room, size_t size)
{
	(void)snprintf(room, size, "%s", name);
	for (char *c = room; *c; c++)
		if (*c == '_')
			*c = '-';
	return room;
}

/* --time-zone is --time_zone, as a field is called in the store and the API */
static void
plain_name(char *name)
{
	for (; *name; name++)
		if (*name == '-')
			*name = '_';
}

/* --json alone; --name=value; --name value */
static bool
option(struct cli *c, int argc, char **argv, int *i)
{
	char *name = argv[*i] + 2, *equals = strchr(name, '=');

	if (strcmp(name, "json") == 0) {
		c->json = true;
		return true;
	}
	if (strcmp(name, "help") == 0)
		return add_option(c, name, "");
	if (equals)
		*equals = '\0';
	plain_name(name);
	if (equals)
		return add_option(c, name, equals + 1);
	if (*i + 1 == argc)
		return cli_say(c, 0, "--%s: a value was expected", name) != 0;
	return add_option(c, name, argv[++*i]);
}

static bool
conf_option(struct cli *c, int argc, char **argv, int *i)
{
	if (*i + 1 == argc)
		return cli_say(c, 0, "-c: a file was expected") != 0;
	c->conf_path = argv[++*i];
	return true;
}

bool
cli_parse(
    struct cli *c, int argc, char **argv, const char **noun, const char **verb)
{
	bool plain = false;

	*noun = *verb = NULL;
	for (int i = 1; i < argc; i++) {
		if (!plain && strcmp(argv[i], "--") == 0)
			plain = true;
		else if (!plain && strcmp(argv[i], "-h") == 0) {
			if (!add_option(c, "help", ""))
				return false;
		} else if (!*noun && strcmp(argv[i], "--version") == 0)
			*noun = "version";
		else if (!plain && strcmp(argv[i], "-c") == 0) {
			if (!conf_option(c, argc, argv, &i))
				return false;
		} else if (!plain && strncmp(argv[i], "--", 2) == 0) {
			if (!option(c, argc, argv, &i))
				return false;
		} else if (*noun == NULL)
			*noun = argv[i];
		else if (c->nwords == CLI_WORDS_MAX)
			return cli_say(c, 0, "too many words") != 0;
		else
			c->word[c->nwords++] = argv[i];
	}
	if (c->nwords > 0)
		*verb = c->word[0];
	return true;
}

const char *
cli_option(struct cli *c, const char *name)
{
	for (size_t i = 0; i < c->noptions; i++)
		if (strcmp(c->option[i].name, name) == 0) {
			c->option[i].used = true;
			return c->option[i].value;
		}
	return NULL;
}

static enum err
set_one(struct cli *c, const struct field *f, void *noun, const char *text,
    enum err (*refer)(
	struct cli *c, const struct field *f, const char *text, struct uid *id))
{
	struct uid *id = (void *)((char *)noun + f->offset);

	if (f->kind != FIELD_ID || refer == NULL)
		return field_set(f, noun, text, &c->call.why);
	if (*text != '\0')
		return refer(c, f, text, id);
	if (f->flags & FIELD_REQUIRED)
		return why_set(&c->call.why, ERR_BAD_INPUT, f->name,
		    "must be given: %s", f->help);
	*id = UID_NONE;
	return ERR_OK;
}

enum err
cli_set(struct cli *c, const struct field *fields, void *noun,
    enum err (*refer)(
	struct cli *c, const struct field *f, const char *text, struct uid *id))
{
	enum err e;

	for (const struct field *f = fields; f->name; f++) {
		const char *text =
		    f->flags & FIELD_SET ? cli_option(c, f->name) : NULL;

		if (text && (e = set_one(c, f, noun, text, refer)))
			return e;
	}
	return ERR_OK;
}

bool
cli_all_used(const struct cli *c)
{
	for (size_t i = 0; i < c->noptions; i++)
		if (!c->option[i].used) {
			(void)cli_say(c, 2, "there is no option --%s here",
			    c->option[i].name);
			return false;
		}
	return true;
}

static enum err
secret_from_input(struct cli *c, struct secret *out)
{
	char line[SECRET_MAX + 2];
	enum err e = ERR_BAD_INPUT;

	if (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0])
			e = secret_set(out, line, strlen(line));
	}
	secret_wipe(line, sizeof(line));
	return e == ERR_OK ? e
			   : why_set(&c->call.why, e, "secret",
				 "one line was expected on standard input");
}

enum err
cli_secret(struct cli *c, const char *file, struct secret *out)
{
	char why[CONF_WHY];
	enum err e;

	if (strcmp(file, "-") == 0)
		return secret_from_input(c, out);
	if ((e = conf_secret(file, out, why)))
		return why_set(&c->call.why, ERR_BAD_INPUT, "", "%.150s", why);
	return ERR_OK;
}
