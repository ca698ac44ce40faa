#include "portal/web/accord.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "portal/web/lang.h"

enum { VERSION_OCTETS = 6 };

/* Joins the lines of the paragraph at AT; where the next one may begin. */
static char *
join(char *at)
{
	while (*(at += strcspn(at, "\n")) != '\0') {
		bool over = at[1 + strspn(at + 1, " \t\r")] == '\n';

		*at++ = over ? '\0' : ' ';
		if (over)
			break;
	}
	return at;
}

size_t
accord_cut(char *text, struct tpl_para *v, size_t max)
{
	size_t n = 0;

	while (n < max && *(text += strspn(text, " \t\r\n")) != '\0') {
		v[n++].text = text;
		text = join(text);
	}
	return n;
}

static enum err
wrong(const char *path, const char *what, char why[static ACCORD_WHY])
{
	(void)snprintf(
	    why, ACCORD_WHY, "portal.terms_file: %s: %s", path, what);
	return ERR_CONFIG;
}

/* The whole file, as text. */
static enum err
read_all(const char *path, char **out, size_t *len, char why[static ACCORD_WHY])
{
	char *text = malloc(ACCORD_MAX + 2);
	FILE *f = fopen(path, "re");

	*out = text;
	if (f == NULL)
		return wrong(path, strerror(errno), why);
	*len = text == NULL ? 0 : fread(text, 1, ACCORD_MAX + 1, f);
	(void)fclose(f);
	if (text == NULL)
		return ERR_NO_MEMORY;
	text[*len] = '\0';
	if (*len > ACCORD_MAX || *len == 0 || strlen(text) != *len ||
	    !text_utf8_ok(text, *len))
		return wrong(path, "expected UTF-8 text of at most 64 kB", why);
	return ERR_OK;
}

/* /etc/terms.txt is /etc/terms.de.txt in German. */
static bool
beside(const char *path, const char *code, char out[static PATH_MAX])
{
	const char *name = strrchr(path, '/'), *dot;
	int n;

	name = name == NULL ? path : name + 1;
	dot = strrchr(name, '.');
	if (dot == NULL || dot == name)
		dot = name + strlen(name);
	n = snprintf(
	    out, PATH_MAX, "%.*s.%s%s", (int)(dot - path), path, code, dot);
	return n > 0 && n < PATH_MAX && access(out, F_OK) == 0;
}

/* Another text is another version, be it in one language only. */
static enum err
mark(const struct accord_text *t, size_t len, bool first, uint8_t h[HASH_LEN])
{
	const struct hash_part part = {t->text, len};

	return first ? hash_sha256(t->text, len, h)
		     : hash_hmac(h, HASH_LEN, &part, 1, h);
}

/* One file; its hash goes into HASH. */
static enum err
take(const char *path, bool first, struct accord_text *t,
    uint8_t hash[HASH_LEN], char why[static ACCORD_WHY])
{
	size_t len = 0;
	enum err e;

	if ((e = read_all(path, &t->text, &len, why)) ||
	    (e = mark(t, len, first, hash)))
		return e;
	if ((t->v = calloc(ACCORD_PARTS + 1, sizeof(*t->v))) == NULL)
		return ERR_NO_MEMORY;
	t->n = accord_cut(t->text, t->v, ACCORD_PARTS + 1);
	if (t->n > ACCORD_PARTS) /* nobody accepts what is not shown */
		return wrong(path, "more than 500 paragraphs", why);
	return ERR_OK;
}

static enum err
take_all(const char *path, struct accord *a, uint8_t hash[HASH_LEN],
    char why[static ACCORD_WHY])
{
	char other[PATH_MAX];
	enum err e = take(path, true, &a->text, hash, why);

	a->said = calloc((size_t)langs_count, sizeof(*a->said));
	if (e == ERR_OK && a->said == NULL)
		e = ERR_NO_MEMORY;
	for (int i = 0; e == ERR_OK && i < langs_count; i++)
		if (beside(path, langs[i].code, other))
			e = take(other, false, &a->said[i], hash, why);
	return e;
}

enum err
accord_open(
    const struct conf *conf, struct accord *out, char why[static ACCORD_WHY])
{
	const struct conf_portal *c = &conf->portal;
	uint8_t hash[HASH_LEN];
	enum err e;

	*out = (struct accord){.url = &c->terms_url};
	text_copy(out->version, sizeof(out->version), c->terms_version);
	if (*c->terms_file == '\0')
		return ERR_OK;
	if ((e = take_all(c->terms_file, out, hash, why)))
		return e;
	for (size_t i = 0; !*c->terms_version && i < VERSION_OCTETS; i++)
		(void)snprintf(out->version + 2 * i, 3, "%02x", hash[i]);
	return ERR_OK;
}

static void
drop(struct accord_text *t)
{
	free(t->text);
	free(t->v);
}

void
accord_close(struct accord *a)
{
	for (int i = 0; a->said != NULL && i < langs_count; i++)
		drop(&a->said[i]);
	free(a->said);
	drop(&a->text);
	*a = (struct accord){.url = NULL};
}

static bool
has_text(const struct accord *a, int lang)
{
	return a->said != NULL && lang < langs_count && a->said[lang].n > 0;
}

bool
accord_own(const struct accord *a, int lang)
{
	if (a->text.text != NULL || a->url == NULL)
		return has_text(a, lang);
	return conf_said(a->url, langs[lang].code) != a->url->all;
}

const struct accord_text *
accord_in(const struct accord *a, int lang)
{
	return has_text(a, lang) ? &a->said[lang] : &a->text;
}

const char *
accord_where(const struct accord *a, const char *language)
{
	if (a->text.text != NULL)
		return "/terms/text";
	return a->url == NULL ? "" : conf_said(a->url, language);
}

/* In whichever language: who reads in another one is not asked again. */
bool
accord_due(const struct accord *a, const struct person *p)
{
	if (*accord_where(a, "") == '\0')
		return false;
	return p->terms_at == 0 ||
	       (*a->version != '\0' &&
		   strcmp(a->version, p->terms_version) != 0);
}
