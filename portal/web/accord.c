#include "portal/web/accord.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"

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

/* Another text is another version. */
static enum err
mark(struct accord *a, size_t len)
{
	uint8_t hash[HASH_LEN];
	enum err e = hash_sha256(a->text, len, hash);

	for (size_t i = 0; e == ERR_OK && i < VERSION_OCTETS; i++)
		(void)snprintf(a->version + 2 * i, 3, "%02x", hash[i]);
	return e;
}

enum err
accord_open(
    const struct conf *conf, struct accord *out, char why[static ACCORD_WHY])
{
	const struct conf_portal *c = &conf->portal;
	size_t len = 0;
	enum err e;

	*out = (struct accord){.where = c->terms_url};
	text_copy(out->version, sizeof(out->version), c->terms_version);
	if (*c->terms_file == '\0')
		return ERR_OK;
	if ((e = read_all(c->terms_file, &out->text, &len, why)) ||
	    (!*out->version && (e = mark(out, len))))
		return e;
	if ((out->v = calloc(ACCORD_PARTS + 1, sizeof(*out->v))) == NULL)
		return ERR_NO_MEMORY;
	out->n = accord_cut(out->text, out->v, ACCORD_PARTS + 1);
	if (out->n > ACCORD_PARTS) /* nobody accepts what is not shown */
		return wrong(c->terms_file, "more than 500 paragraphs", why);
	out->where = "/terms/text";
	return ERR_OK;
}

void
accord_close(struct accord *a)
{
	free(a->text);
	free(a->v);
	*a = (struct accord){.where = ""};
}

bool
accord_due(const struct accord *a, const struct person *p)
{
	if (*a->where == '\0')
		return false;
	return p->terms_at == 0 ||
	       (*a->version != '\0' &&
		   strcmp(a->version, p->terms_version) != 0);
}
