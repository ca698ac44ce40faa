#include "cli/out.h"

#include <jansson.h>
#include <string.h>

#include "core/base/text.h"

enum { VALUE_MAX = 2048, COLUMNS_MAX = 16, WIDEST = 40 };

static json_t *
value(const struct field *f, const void *noun)
{
	OWN(buf) struct buf b = BUF(VALUE_MAX);
	const char *at = (const char *)noun + f->offset;

	if (f->kind == FIELD_BOOL)
		return json_boolean(*(const bool *)at);
	if (f->kind == FIELD_INT)
		return json_integer(*(const int *)(const void *)at);
	if (f->kind == FIELD_LONG)
		return json_integer(*(const int64_t *)(const void *)at);
	field_get(f, noun, &b);
	if (b.len == 0 && (f->kind == FIELD_ID || f->kind == FIELD_TIME))
		return json_null();
	return json_string(buf_str(&b));
}

static json_t *
object(const struct field *fields, const void *noun)
{
	json_t *o = json_object();

	for (const struct field *f = fields; f->name; f++)
		(void)json_object_set_new(o, f->name, value(f, noun));
	return o;
}

static void
print(json_t *j)
{
	(void)json_dumpf(j, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(j);
}

/* Columns are counted in characters, not in octets. */
static size_t
width(const char *t)
{
	size_t n = 0;

	while (text_next(&t))
		n++;
	return n;
}

static void
pad(const char *t, size_t to, bool last)
{
	(void)fputs(t, stdout);
	for (size_t n = width(t); !last && n < to + 2; n++)
		(void)putchar(' ');
}

static void
row(const struct field *const *col, size_t ncol, const size_t *wide,
    const void *noun)
{
	for (size_t k = 0; k < ncol; k++) {
		OWN(buf) struct buf b = BUF(VALUE_MAX);

		if (noun)
			field_get(col[k], noun, &b);
		else
			buf_text(&b, col[k]->name);
		pad(b.len ? buf_str(&b) : "-", wide[k], k + 1 == ncol);
	}
	(void)putchar('\n');
}

static void
table(const struct field *fields, const char *nouns, size_t n, size_t size)
{
	const struct field *col[COLUMNS_MAX];
	size_t wide[COLUMNS_MAX], ncol = 0;

	for (const struct field *f = fields; f->name; f++)
		if ((f->flags & FIELD_SHORT) && ncol < COLUMNS_MAX)
			col[ncol++] = f;
	for (size_t k = 0; k < ncol; k++) {
		wide[k] = width(col[k]->name);
		for (size_t i = 0; i < n; i++) {
			OWN(buf) struct buf b = BUF(VALUE_MAX);
			size_t w;

			field_get(col[k], nouns + i * size, &b);
			w = width(buf_str(&b));
			if (w > wide[k] && w <= WIDEST)
				wide[k] = w;
		}
	}
	row(col, ncol, wide, NULL);
	for (size_t i = 0; i < n; i++)
		row(col, ncol, wide, nouns + i * size);
}

void
out_list(const struct cli *c, const struct field *fields, const void *nouns,
    size_t n, size_t size)
{
	json_t *all;

	if (!c->json) {
		table(fields, nouns, n, size);
		return;
	}
	all = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
		    all, object(fields, (const char *)nouns + i * size));
	print(all);
}

void
out_one(const struct cli *c, const struct field *fields, const void *noun)
{
	if (c->json) {
		print(object(fields, noun));
		return;
	}
	for (const struct field *f = fields; f->name; f++) {
		OWN(buf) struct buf b = BUF(VALUE_MAX);

		field_get(f, noun, &b);
		if (b.len > 0)
			(void)printf("%s: %s\n", f->name, buf_str(&b));
	}
}

void
out_pairs(const struct cli *c, const struct out_pair *pairs)
{
	json_t *o = json_object();

	for (; pairs->name; pairs++) {
		if (!c->json && pairs->text)
			(void)printf("%s: %s\n", pairs->name, pairs->text);
		else if (!c->json)
			(void)printf("%s: %lld\n", pairs->name,
			    (long long)pairs->number);
		(void)json_object_set_new(o, pairs->name,
		    pairs->text ? json_string(pairs->text)
				: json_integer(pairs->number));
	}
	if (c->json)
		print(o);
	else
		json_decref(o);
}
