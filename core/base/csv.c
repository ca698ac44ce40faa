#include "core/base/csv.h"

#include <string.h>

#include "core/base/say.h"
#include "core/base/secret.h"
#include "core/base/text.h"

static enum err
wrong(struct csv *c, enum err e, const char *words)
{
	c->wrong = words;
	c->n = 0;
	c->at = c->end;
	return e;
}

/* Whatever the first line has most of. */
static char
comma(const char *p, const char *end)
{
	static const char all[] = ",;\t";
	size_t n[3] = {0}, best = 0;

	for (; p < end && *p != '\n' && *p != '\r'; p++)
		for (size_t i = 0; i < 3; i++)
			n[i] += *p == all[i];
	for (size_t i = 1; i < 3; i++)
		if (n[i] > n[best])
			best = i;
	return all[best];
}

enum err
csv_open(struct csv *c, const char *text, size_t len)
{
	memset(c, 0, sizeof(*c));
	c->at = text;
	c->end = text + len;
	c->line = c->next_line = 1;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		c->at += 3;
	if (!text_utf8_ok(c->at, (size_t)(c->end - c->at)))
		return wrong(c, ERR_BAD_INPUT,
		    SAY("This is no text in UTF-8. Save it as CSV UTF-8."));
	c->comma = comma(c->at, c->end);
	return ERR_OK;
}

/* One octet into the present value. */
static bool
put(struct csv *c, size_t from, char ch)
{
	if (c->used - from >= CSV_VALUE_MAX || c->used + 1 >= CSV_ROW_MAX)
		return false;
	c->room[c->used++] = ch;
	return true;
}

static bool
at_end_of_line(const struct csv *c)
{
	return c->at == c->end || *c->at == '\n' || *c->at == '\r';
}

/* Past \n, \r or \r\n. */
static void
line_over(struct csv *c)
{
	if (c->at < c->end && *c->at == '\r')
		c->at++;
	if (c->at < c->end && *c->at == '\n')
		c->at++;
	c->next_line++;
}

/* After the opening quote, up to the closing one. */
static enum err
quoted(struct csv *c, size_t from)
{
	for (;; c->at++) {
		if (c->at == c->end)
			return wrong(c, ERR_BAD_INPUT,
			    SAY("A quotation mark is never closed."));
		if (*c->at == '"') {
			if (c->at + 1 == c->end || c->at[1] != '"')
				break;
			c->at++;
		} else if (*c->at == '\n')
			c->next_line++;
		if (!put(c, from, *c->at))
			return wrong(
			    c, ERR_TOO_BIG, SAY("A value is too long."));
	}
	c->at++;
	if (!at_end_of_line(c) && *c->at != c->comma)
		return wrong(c, ERR_BAD_INPUT,
		    SAY("There is something after a closing quotation mark."));
	return ERR_OK;
}

static enum err
value(struct csv *c)
{
	size_t from = c->used;
	enum err e;

	if (c->n == CSV_COLUMNS_MAX)
		return wrong(
		    c, ERR_TOO_BIG, SAY("There are too many columns."));
	if (c->at < c->end && *c->at == '"') {
		c->at++;
		if ((e = quoted(c, from)))
			return e;
	} else
		for (; !at_end_of_line(c) && *c->at != c->comma; c->at++)
			if (!put(c, from, *c->at))
				return wrong(c, ERR_TOO_BIG,
				    SAY("A value is too long."));
	if (c->used == CSV_ROW_MAX)
		return wrong(c, ERR_TOO_BIG, SAY("A row is too long."));
	c->room[c->used++] = '\0';
	c->value[c->n++] = c->room + from;
	return ERR_OK;
}

enum err
csv_next(struct csv *c)
{
	enum err e;

	c->n = c->used = 0;
	c->wrong = NULL;
	while (c->at < c->end && at_end_of_line(c))
		line_over(c);
	c->line = c->next_line;
	if (c->at == c->end)
		return ERR_NOT_FOUND;
	for (;;) {
		if ((e = value(c)))
			return e;
		if (at_end_of_line(c))
			break;
		c->at++; /* the separator: one more value follows */
	}
	line_over(c);
	return ERR_OK;
}

void
csv_own(struct csv *c)
{
	secret_wipe(c->room, sizeof(c->room));
	c->n = 0;
}

void
csv_put(struct buf *out, const char *value, char after)
{
	buf_char(out, '"');
	if (value[0] && strchr("=+-@\t\r", value[0]))
		buf_char(out, '\'');
	for (; *value; value++) {
		if (*value == '"')
			buf_char(out, '"');
		buf_char(out, *value);
	}
	buf_char(out, '"');
	if (after == '\n')
		buf_char(out, '\r');
	buf_char(out, after);
}
