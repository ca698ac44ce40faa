/* From the text of a configuration to a struct conf. */
#include "core/conf/conf.h"

#include <confuse.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/conf/agree.h"
#include "core/conf/scan.h"
#include "core/conf/table.h"

enum { SEEN_MAX = 1024 };

/* One parse. libconfuse hands its callbacks nothing of ours, and keeps its
 * lexer in the process: so there is one at a time. */
struct parse {
	const char *name;
	char *why;
	bool failed;
	struct seen {
		const cfg_opt_t *opt;
		int line;
		unsigned n;  /* entries so far */
		bool closed; /* the list's end was seen */
	} seen[SEEN_MAX];    /* options that have a value already */
	size_t nseen;
	struct conf *conf;
	struct conf_memory *memory;
};

static struct parse *current;

void
conf_complain(int line, const char *fmt, ...)
{
	struct parse *p = current;
	va_list ap;
	int n;

	if (p->failed)
		return;
	p->failed = true;
	n = snprintf(p->why, CONF_WHY, "%s:%d: ", p->name, line);
	va_start(ap, fmt);
	(void)vsnprintf(p->why + n, CONF_WHY - (size_t)n, fmt, ap);
	va_end(ap);
}

/* libconfuse only calls back for names it had from the table. */
static const struct conf_section *
section_of(const char *name)
{
	size_t i = 0;

	while (
	    i + 1 < conf_nsections && strcmp(conf_sections[i].name, name) != 0)
		i++;
	return &conf_sections[i];
}

/* Is TEXT about a text in a language we have not? It is complained of then. */
static bool
no_language(const cfg_t *cfg, const char *text)
{
	char name[100], why[CONF_WHY];

	if (cfg->name == NULL || strcmp(cfg->name, "root") == 0 ||
	    sscanf(text, "no such option '%99[^']'", name) != 1 ||
	    !conf_said_wrong(section_of(cfg->name), name, why))
		return false;
	conf_complain(cfg->line, "%s", why);
	return true;
}

/* What libconfuse says by itself: unknown options, syntax. */
static void
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[300];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	if (no_language(cfg, text))
		return;
	if (strncmp(text, "no such option ", 15) == 0 && cfg->name &&
	    strcmp(cfg->name, "root") == 0)
		conf_complain(cfg->line,
		    "there is no section called %s (see `latchkey "
		    "check-config --sample`)",
		    text + 15);
	else if (strncmp(text, "no such option ", 15) == 0)
		conf_complain(cfg->line,
		    "there is no setting called %s in %s (see `latchkey "
		    "check-config --sample`)",
		    text + 15, cfg->name ? cfg->name : "the file");
	else
		conf_complain(cfg->line, "%s", text);
}

static bool
has_value(const cfg_opt_t *opt)
{
	for (size_t i = 0; i < current->nseen; i++)
		if (current->seen[i].opt == opt)
			return true;
	return false;
}

/* A list comes entry by entry, and once more at its end. */
static bool
twice(cfg_opt_t *opt, int line)
{
	struct parse *p = current;
	unsigned n = cfg_opt_size(opt);
	struct seen *s = p->seen;

	while (s < p->seen + p->nseen && s->opt != opt)
		s++;
	if (s == p->seen + SEEN_MAX)
		return true;
	if (s == p->seen + p->nseen) {
		p->nseen++;
		*s = (struct seen){opt, line, n, false};
		return false;
	}
	if (s->closed || n < s->n || !(opt->flags & CFGF_LIST))
		return true;
	s->closed = n == s->n;
	s->n = n;
	return false;
}

/* Checked as it is read, so that the line is known. */
static int
on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	int language;
	struct conf_row one = *conf_row_find(
			    section_of(cfg->name), opt->name, &language),
			*row = &one;
	const char *v[CONF_LIST_MAX + 1];
	char want[CONF_WHY] = "", scratch[1024] = {0};
	unsigned n = cfg_opt_size(opt);
	bool ok;

	if (twice(opt, cfg->line)) {
		conf_complain(cfg->line, "%s: %s is set a second time",
		    cfg->name, opt->name);
		return -1;
	}
	if (row->kind == CONF_LIST) {
		one.least = 0; /* more may follow */
		for (unsigned i = 0; i < n && i <= CONF_LIST_MAX; i++)
			v[i] = cfg_opt_getnstr(opt, i);
		ok = conf_list_value(row, v, n, scratch, current->memory, want);
	} else {
		ok = conf_value(row, cfg_opt_getnstr(opt, 0), scratch,
		    current->memory, want);
	}
	if (!ok)
		conf_complain(cfg->line, "%s: %s: %s was expected", cfg->name,
		    opt->name, want);
	return ok ? 0 : -1;
}

static bool
slug_ok(const char *t)
{
	size_t n = strspn(t, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return n > 0 && t[n] == '\0' && n <= 32;
}

static int
on_section(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct conf_section *s = section_of(opt->name);
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	const char *title = cfg_title(sec);

	if (!s->titled && twice(opt, cfg->line)) {
		conf_complain(cfg->line, "a second section %s", opt->name);
		return -1;
	}
	if (s->titled && (title == NULL || !slug_ok(title))) {
		conf_complain(cfg->line,
		    "%s: a name of a-z, 0-9, - and _ was expected, 32 at most",
		    opt->name);
		return -1;
	}
	return 0;
}

/* --- options for libconfuse ------------------------------------------------
 */

/* A text may be said in each language, too. Names live as long as O. */
static bool
row_in_languages(const struct conf_row *row, cfg_opt_t *o)
{
	char name[CONF_NAME_MAX];

	for (int i = 0; i < conf_nlanguages; i++) {
		cfg_opt_t one = CFG_STR(NULL, NULL, CFGF_NODEFAULT);

		(void)snprintf(
		    name, sizeof(name), "%s_%s", row->name, conf_languages[i]);
		if ((one.name = conf_copy(current->memory, name)) == NULL)
			return false;
		one.validcb = on_value;
		o[i] = one;
	}
	return true;
}

static cfg_opt_t *
rows_to_options(const struct conf_section *s)
{
	size_t n = 0, most = s->nrows * ((size_t)conf_nlanguages + 1) + 1;
	OWN(mem) cfg_opt_t *o = calloc(most, sizeof(*o));
	cfg_opt_t end = CFG_END();

	if (o == NULL)
		return NULL;
	for (size_t i = 0; i < s->nrows; i++) {
		const struct conf_row *row = &s->rows[i];
		cfg_opt_t text = CFG_STR(row->name, NULL, CFGF_NODEFAULT);
		cfg_opt_t list = CFG_STR_LIST(row->name, NULL, CFGF_NODEFAULT);

		o[n] = row->kind == CONF_LIST ? list : text;
		o[n++].validcb = on_value;
		if (conf_row_said(row)) {
			if (!row_in_languages(row, &o[n]))
				return NULL;
			n += (size_t)conf_nlanguages;
		}
	}
	o[n] = end;
	return give(o);
}

static void
options_free(cfg_opt_t *all)
{
	for (size_t i = 0; all && i < conf_nsections; i++)
		free(all[i].subopts);
	free(all);
}

static cfg_opt_t *
options(void)
{
	cfg_opt_t *all = calloc(conf_nsections + 1, sizeof(*all));
	cfg_opt_t end = CFG_END();

	for (size_t i = 0; all && i < conf_nsections; i++) {
		const struct conf_section *s = &conf_sections[i];
		cfg_opt_t *rows = rows_to_options(s);
		cfg_opt_t one = CFG_SEC(s->name, rows,
		    s->titled ? CFGF_TITLE | CFGF_MULTI | CFGF_NO_TITLE_DUPES
			      : CFGF_NODEFAULT);

		all[i] = one;
		all[i].validcb = on_section;
		if (rows == NULL) {
			options_free(all);
			return NULL;
		}
	}
	if (all)
		all[conf_nsections] = end;
	return all;
}

/* --- from libconfuse's tree to ours -----------------------------------------
 */

static void
preset_list(const struct conf_row *row, void *at)
{
	char text[CONF_TEXT_MAX];
	const char *v[CONF_LIST_MAX];
	char want[CONF_WHY];
	size_t n = 0;

	text_copy(text, sizeof(text), row->preset);
	for (char *t = text; *t && n < CONF_LIST_MAX;) {
		size_t len = strcspn(t, ",");

		v[n++] = t;
		t += len;
		if (*t)
			*t++ = '\0';
		while (*t == ' ')
			t++;
	}
	if (!conf_list_value(row, v, n, at, current->memory, want))
		conf_complain(0, "%s has a bad default: %s", row->name, want);
}

/* What is said in languages of their own; it was checked as it was read. */
static void
take_said(const struct conf_row *row, cfg_t *sec, void *at)
{
	char name[CONF_NAME_MAX], want[CONF_WHY];

	for (int i = 0; sec != NULL && i < conf_nlanguages; i++) {
		cfg_opt_t *opt;

		(void)snprintf(
		    name, sizeof(name), "%s_%s", row->name, conf_languages[i]);
		opt = cfg_getopt(sec, name);
		if (opt == NULL || !has_value(opt))
			continue;
		if (!conf_said_value(row, i, cfg_opt_getnstr(opt, 0), at,
			current->memory, want))
			conf_complain(
			    sec->line, "%s: %s was expected", name, want);
	}
}

static void
take(const struct conf_section *s, const struct conf_row *row, cfg_t *sec,
    int line, void *at)
{
	cfg_opt_t *opt = sec ? cfg_getopt(sec, row->name) : NULL;
	unsigned n = opt ? cfg_opt_size(opt) : 0;
	const char *v[CONF_LIST_MAX];
	char want[CONF_WHY];

	if (conf_row_said(row))
		take_said(row, sec, at);
	if (n == 0 || !has_value(opt)) {
		if (row->preset == NULL)
			conf_complain(line, "%s: %s must be given: %s", s->name,
			    row->name, row->doc);
		else if (row->kind == CONF_LIST)
			preset_list(row, at);
		else if (!conf_value(
			     row, row->preset, at, current->memory, want))
			conf_complain(
			    line, "%s has a bad default: %s", row->name, want);
		return;
	}
	for (unsigned i = 0; i < n && i < CONF_LIST_MAX; i++)
		v[i] = cfg_opt_getnstr(opt, i);
	if (row->kind == CONF_LIST)
		(void)conf_list_value(row, v, n, at, current->memory, want);
	else
		(void)conf_value(row, v[0], at, current->memory, want);
}

static void
take_titled(const struct conf_section *s, cfg_t *cfg)
{
	unsigned n = cfg_size(cfg, s->name);
	char *all = conf_get(current->memory, (n + 1) * s->size);

	if (n > CONF_PROVIDERS_MAX || all == NULL) {
		conf_complain(0, "%s: at most %d are possible", s->name,
		    CONF_PROVIDERS_MAX);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		cfg_t *sec = cfg_getnsec(cfg, s->name, i);
		const char *slug = conf_copy(current->memory, cfg_title(sec));

		memcpy(all + i * s->size, &slug, sizeof(slug));
		for (size_t k = 0; k < s->nrows; k++)
			take(s, &s->rows[k], sec, sec->line, all + i * s->size);
	}
	memcpy((char *)current->conf + s->offset, &all, sizeof(all));
	current->conf->nprovider = n;
}

static void
take_all(cfg_t *cfg)
{
	for (size_t i = 0; i < conf_nsections; i++) {
		const struct conf_section *s = &conf_sections[i];

		if (s->titled) {
			take_titled(s, cfg);
			continue;
		}
		for (size_t k = 0; k < s->nrows; k++)
			take(s, &s->rows[k],
			    cfg_size(cfg, s->name) ? cfg_getsec(cfg, s->name)
						   : NULL,
			    cfg->line, (char *)current->conf + s->offset);
	}
}

int
conf_line(cfg_t *cfg, const char *name, unsigned i, const char *setting)
{
	cfg_t *sec = i < cfg_size(cfg, name) ? cfg_getnsec(cfg, name, i) : NULL;
	const cfg_opt_t *opt = sec ? cfg_getopt(sec, setting) : NULL;

	for (size_t k = 0; opt != NULL && k < current->nseen; k++)
		if (current->seen[k].opt == opt)
			return current->seen[k].line;
	return sec == NULL ? 1 : sec->line;
}

static void
run(char *text)
{
	cfg_opt_t *all = options();
	cfg_t *cfg = all ? cfg_init(all, CFGF_NONE) : NULL;

	if (cfg == NULL) {
		conf_complain(0, "out of memory");
		options_free(all);
		return;
	}
	cfg_set_error_function(cfg, on_error);
	if (cfg_parse_buf(cfg, text) != CFG_SUCCESS)
		conf_complain(
		    cfg->line, "this cannot be read as a configuration");
	if (!current->failed)
		take_all(cfg);
	if (!current->failed)
		conf_agree(cfg, current->conf);
	cfg_free(cfg);
	options_free(all);
}

enum err
conf_parse(const char *name, const char *text, size_t len, struct conf **out,
    char why[static CONF_WHY])
{
	struct parse p = {.name = name, .why = why};
	const char *what;
	char *copy;
	int line;

	*out = NULL;
	why[0] = '\0';
	current = &p;
	if (len > CONF_FILE_MAX)
		conf_complain(
		    1, "the file is larger than %d octets", CONF_FILE_MAX);
	else if (!conf_scan(text, len, &line, &what))
		conf_complain(line, "%s", what);
	else if (!text_utf8_ok(text, len))
		conf_complain(1, "the file is not UTF-8");
	if (p.failed)
		return ERR_CONFIG;
	copy = malloc(len + 1);
	p.conf = calloc(1, sizeof(*p.conf));
	p.memory = conf_memory_new();
	if (copy == NULL || p.conf == NULL || p.memory == NULL) {
		free(copy);
		free(p.conf);
		conf_memory_free(p.memory);
		return ERR_NO_MEMORY;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	p.conf->memory = p.memory;
	run(copy);
	free(copy);
	current = NULL;
	if (p.failed) {
		conf_free(p.conf);
		return ERR_CONFIG;
	}
	*out = p.conf;
	return ERR_OK;
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	conf_memory_free(c->memory);
	free(c);
}

const struct conf_provider *
conf_provider(const struct conf *c, const char *slug)
{
	for (size_t i = 0; i < c->nprovider; i++)
		if (strcmp(c->provider[i].slug, slug) == 0)
			return &c->provider[i];
	return NULL;
}
