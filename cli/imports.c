/* Tables of passwords and people: looked at, then taken. */
#include "core/service/imports.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "core/service/setup.h"

struct job {
	enum import_kind kind;
	struct buf text;
	const char *result; /* file; NULL: none */
	bool dry, passphrases;
	bool none; /* nothing was tried that a result could tell of */
	FILE *out;
	size_t rows, taken, wrong, did[3];
	int lost; /* why not all of the result could be written; 0: it was */
};

static const char *const did[] = {"new", "changed", "same"};

static void
job_own(struct job *j)
{
	buf_own(&j->text);
	if (j->out && j->out != stdout)
		(void)fclose(j->out);
}

static int
read_all(struct cli *c, const char *file, struct buf *out)
{
	FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	char part[65536];
	size_t n;
	bool bad;

	if (in == NULL)
		return cli_say(c, 1, "%s: %s", file, strerror(errno));
	while (out->err == ERR_OK && (n = fread(part, 1, sizeof(part), in)) > 0)
		buf_add(out, part, n);
	bad = ferror(in) != 0;
	if (in != stdin)
		(void)fclose(in);
	secret_wipe(part, sizeof(part));
	if (out->err == ERR_TOO_BIG)
		return cli_say(c, 1, "%s: a table may have at most %d MB", file,
		    IMPORTS_TEXT >> 20);
	if (bad || out->err)
		return cli_say(c, 1, "%s: cannot be read", file);
	return 0;
}

/* Made anew and for its owner alone: passphrases may be in it. */
static int
open_result(struct cli *c, struct job *j)
{
	int fd;

	if (j->result == NULL)
		return 0;
	if (strcmp(j->result, "-") == 0) {
		j->out = stdout;
		return 0;
	}
	fd = open(j->result, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || (j->out = fdopen(fd, "w")) == NULL)
		return cli_say(c, 1, "%s: %s", j->result, strerror(errno));
	return 0;
}

static enum err
revealed(struct cli *c, const struct import_row *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		OWN(secret) struct secret s = SECRET_NONE;
		enum err e;

		if (r[i].err || !r[i].minted || uid_is_none(&r[i].key))
			continue;
		if ((e = keys_reveal(&c->call, &r[i].key, "export", &s)))
			return e;
		(void)printf("%s,%s\n", r[i].key.s, secret_text(&s));
	}
	return ERR_OK;
}

static void
progress(const struct job *j, bool over)
{
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%zu rows%s%s", j->rows,
		    j->dry ? " looked at" : "", over ? "\n" : "");
}

/* What is wrong goes to standard error, all of it to the result. */
static void
note(struct cli *c, struct job *j, const struct import_row *r, size_t n)
{
	OWN(buf) struct buf b = BUF(16 << 20);

	for (size_t i = 0; i < n; i++) {
		if (r[i].err) {
			(void)cli_say(c, 0, "line %zu: %s%s%s", r[i].line,
			    r[i].why.field, r[i].why.field[0] ? ": " : "",
			    r[i].why.text[0] ? r[i].why.text
					     : err_words(r[i].err));
			j->wrong++;
			j->none |= r[i].err == ERR_STORE;
		}
		for (size_t k = 0; k < 3; k++)
			j->did[k] += !r[i].err && strcmp(r[i].did, did[k]) == 0;
	}
	if (j->out) {
		imports_result(r, n, j->rows == 0, &b);
		if (fwrite(buf_str(&b), 1, b.len, j->out) != b.len ||
		    fflush(j->out) != 0)
			j->lost = errno;
	}
	j->rows += n;
	progress(j, false);
}

/* Once over the table. TRIAL goes on after what is wrong. */
static enum err
pass(struct cli *c, struct job *j, const struct uid *plan, bool trial)
{
	OWN(imports) struct imports s;
	struct import_row *r;
	size_t n;
	enum err e;

	j->rows = j->wrong = 0;
	memset(j->did, 0, sizeof(j->did));
	if ((e = imports_open(
		 &c->call, &s, j->kind, buf_str(&j->text), j->text.len)))
		return e;
	s.trial = trial;
	s.plan = *plan;
	do {
		e = imports_next(&c->call, &s, &r, &n);
		if (r == NULL && e)
			return e;
		if (r && (!trial || e || j->dry))
			note(c, j, r, n);
		if (e && !trial)
			return e;
		j->taken += trial ? 0 : n;
		if (e == ERR_OK && j->passphrases && !trial &&
		    (e = revealed(c, r, n)))
			return e;
	} while (n > 0);
	progress(j, true);
	return ERR_OK;
}

/* Nobody takes a part of the result for all of it. */
static int
close_result(struct cli *c, struct job *j, int status)
{
	if (j->out && j->out != stdout) {
		if (fclose(j->out) != 0)
			j->lost = errno;
		j->out = NULL;
		if (j->none)
			(void)unlink(j->result);
	}
	if (j->lost == 0)
		return status;
	return cli_say(c, 1, "%s: %s: not all of the result is in it%s",
	    j->result, strerror(j->lost),
	    j->taken ? ", but the rows were imported" : "");
}

static int
run(struct cli *c, struct job *j, const struct uid *plan)
{
	enum err e;

	if ((e = pass(c, j, plan, true))) {
		j->none |= j->rows == 0;
		return cli_fail(c, e);
	}
	if (j->none) /* it is not the rows that are wrong */
		return cli_say(c, 1, "nothing was imported");
	if (j->wrong)
		return cli_say(
		    c, 1, "%zu rows are wrong; nothing was imported", j->wrong);
	if (!j->dry && (e = pass(c, j, plan, false))) {
		(void)cli_fail(c, e);
		j->none = e == ERR_STORE && j->taken == 0;
		return cli_say(c, 1,
		    "stopped after %zu rows; mend it and run it again: what "
		    "is there stays as it is",
		    j->taken);
	}
	if (j->out != stdout && !j->passphrases)
		(void)printf("%s: %zu new, %zu changed, %zu the same\n",
		    j->dry ? "would be" : "imported", j->did[0], j->did[1],
		    j->did[2]);
	return 0;
}

static bool
yes(struct cli *c, const char *option)
{
	const char *v = cli_option(c, option);

	return v && strcmp(v, "yes") == 0;
}

static int
import(struct cli *c, const struct verb *v, enum import_kind kind)
{
	OWN(job) struct job j = {.kind = kind, .text = BUF(IMPORTS_TEXT)};
	const char *called = kind == IMPORT_KEYS ? cli_option(c, "plan") : NULL;
	struct plan plan = {.id = UID_NONE};
	int status;

	j.dry = yes(c, "dry_run");
	j.passphrases = kind == IMPORT_KEYS && yes(c, "passphrases");
	j.result = cli_option(c, "result");
	if (yes(c, "template")) {
		(void)fputs(imports_template(kind), stdout);
		return 0;
	}
	if (cli_words(c, v, 1))
		return 2;
	if (called && plan_find(&c->call, called, &plan) != ERR_OK)
		return cli_say(c, 1, "there is no plan called %s", called);
	if ((status = read_all(c, c->word[0], &j.text)) != 0 ||
	    (status = open_result(c, &j)) != 0)
		return status;
	return close_result(c, &j, run(c, &j, &plan.id));
}

int
verb_key_import(struct cli *c, const struct verb *v)
{
	return import(c, v, IMPORT_KEYS);
}

int
verb_person_import(struct cli *c, const struct verb *v)
{
	return import(c, v, IMPORT_PEOPLE);
}
