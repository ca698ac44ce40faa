#include "portal/web/form.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/field.h"
#include "core/net/url.h"

static enum err
one(const char *p, size_t len, struct arena *a, struct form_field *f)
{
	const char *eq = memchr(p, '=', len);
	size_t name_len = eq == NULL ? len : (size_t)(eq - p);
	size_t value_len = eq == NULL ? 0 : len - name_len - 1;
	char *name = arena_get(a, name_len + 1);
	char *value = arena_get(a, value_len + 1);

	if (name == NULL || value == NULL)
		return ERR_NO_MEMORY;
	if (name_len == 0 || !url_decode(p, name_len, name, name_len + 1) ||
	    strlen(name) > FORM_NAME_MAX)
		return ERR_BAD_INPUT;
	if (value_len > 0 &&
	    !url_decode(eq + 1, value_len, value, value_len + 1))
		return ERR_BAD_INPUT;
	f->name = name;
	f->value = value;
	return ERR_OK;
}

static size_t
count(const char *text, size_t len)
{
	size_t n = len > 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '&';
	return n;
}

enum err
form_parse(const char *text, size_t len, struct arena *a, struct form *out)
{
	const char *p = text, *end = text + len;
	size_t n = count(text, len);
	struct form f = {0};

	*out = (struct form){0};
	if (n > FORM_FIELDS_MAX)
		return ERR_TOO_BIG;
	if (n == 0)
		return ERR_OK;
	if ((f.fields = arena_array(a, n, sizeof(*f.fields))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		const char *amp = memchr(p, '&', (size_t)(end - p));
		size_t part = (size_t)((amp == NULL ? end : amp) - p);
		enum err e = one(p, part, a, &f.fields[f.n]);

		if (e != ERR_OK)
			return e;
		f.n++;
		p += part + 1;
	}
	*out = f;
	return ERR_OK;
}

const char *
form_get(const struct form *f, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->fields[i].name, name) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = f->fields[i].value;
	}
	return found;
}

const char *
form_text(const struct form *f, const char *name)
{
	const char *value = form_get(f, name);

	return value == NULL ? "" : value;
}

int
form_number(const struct form *f, const char *name, int most)
{
	const char *typed = form_text(f, name);
	int64_t n = 0;

	if (*typed != '\0' && !text_int(typed, 1, most, &n))
		return -1;
	return (int)n;
}

bool
form_id(const struct form *f, const char *name, struct uid *out)
{
	const char *typed = form_text(f, name);

	*out = UID_NONE;
	return *typed == '\0' || uid_parse(typed, out);
}

const char *
form_day(const struct form *f, const char *name)
{
	const char *typed = form_text(f, name);
	int64_t at;

	return strlen(typed) == 10 && field_time_parse(typed, &at) ? typed : "";
}
