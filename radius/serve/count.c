#include "radius/serve/count.h"

static const struct {
	const char *name, *text;
} rows[COUNTS] = {
#define COUNT(symbol, name, text) {name, text},
#include "radius/serve/count.def"
#undef COUNT
};

void
count_text(struct buf *b, struct counts *const *c, size_t n)
{
	for (size_t i = 0; i < COUNTS; i++) {
		uint64_t sum = 0;

		for (size_t k = 0; k < n; k++)
			sum += atomic_load_explicit(
			    &c[k]->v[i], memory_order_relaxed);
		buf_printf(b,
		    "# HELP latchkey_radius_%s_total %s\n"
		    "# TYPE latchkey_radius_%s_total counter\n"
		    "latchkey_radius_%s_total ",
		    rows[i].name, rows[i].text, rows[i].name, rows[i].name);
		/* Prometheus wants seconds */
		if (i == COUNT_SEARCH_MICROSECONDS)
			buf_printf(b, "%llu.%06llu\n",
			    (unsigned long long)sum / 1000000,
			    (unsigned long long)sum % 1000000);
		else
			buf_printf(b, "%llu\n", (unsigned long long)sum);
	}
}
