/* Bars of numbers. */
#include <stdlib.h>

#include "portal/admin/admin.h"

void
admin_bars(struct tpl_bar *v, size_t n)
{
	int64_t most = 1;

	for (size_t i = 0; i < n; i++)
		most = v[i].value > most ? v[i].value : most;
	for (size_t i = 0; i < n; i++)
		v[i].share = v[i].value * 100 / most;
}

static int
by_value(const void *a, const void *b)
{
	const struct tpl_bar *x = a, *y = b;

	return (x->value < y->value) - (x->value > y->value);
}

void
admin_bars_rank(struct tpl_bar *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	admin_bars(v, n);
}
