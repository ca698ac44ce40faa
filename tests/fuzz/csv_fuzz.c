/* A table of anybody. */
#include <string.h>

#include "core/base/csv.h"
#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read, written out and read again, is the same. */
static void
again(const struct csv *c)
{
	OWN(buf) struct buf b = BUF(1 << 16);
	OWN(csv) struct csv d;

	for (size_t i = 0; i < c->n; i++)
		csv_put(&b, c->value[i], i + 1 < c->n ? ',' : '\n');
	if (b.err || csv_open(&d, buf_str(&b), b.len))
		__builtin_trap();
	if (csv_next(&d) != ERR_OK)
		return; /* apostrophes made it too long */
	if (d.n != c->n)
		__builtin_trap();
	for (size_t i = 0; i < d.n; i++) {
		const char *was = c->value[i], *is = d.value[i];

		if (strchr("=+-@\t\r", was[0]) && was[0]) {
			if (*is++ != '\'')
				__builtin_trap();
		}
		if (strcmp(was, is) != 0)
			__builtin_trap();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(csv) struct csv c;
	size_t line = 0;

	if (csv_open(&c, (const char *)data, size))
		return 0;
	while (csv_next(&c) == ERR_OK) {
		if (c.n == 0 || c.n > CSV_COLUMNS_MAX || c.line <= line)
			__builtin_trap();
		line = c.line;
		for (size_t i = 0; i < c.n; i++)
			if (strlen(c.value[i]) > CSV_VALUE_MAX)
				__builtin_trap();
		again(&c);
	}
	return 0;
}
