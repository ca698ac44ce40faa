#include "radius/serve/course.h"

static void
add(_Atomic uint64_t *v, uint64_t n)
{
	uint64_t was = atomic_load_explicit(v, memory_order_relaxed);

	atomic_store_explicit(v, was + n, memory_order_relaxed);
}

/* The place of this hour, empty when it held another one. */
static struct course_hour *
hour_of(struct course *c, int64_t now)
{
	int64_t hour = now / COURSE_HOUR;
	struct course_hour *h = &c->at[hour % COURSE_HOURS];

	if (atomic_load_explicit(&h->hour, memory_order_relaxed) == hour)
		return h;
	atomic_store_explicit(&h->hour, 0, memory_order_relaxed);
	for (size_t i = 0; i < COURSE_VERDICTS; i++)
		atomic_store_explicit(&h->verdict[i], 0, memory_order_relaxed);
	atomic_store_explicit(&h->searches, 0, memory_order_relaxed);
	atomic_store_explicit(&h->microseconds, 0, memory_order_relaxed);
	atomic_store_explicit(&h->longest, 0, memory_order_relaxed);
	atomic_store_explicit(&h->hour, hour, memory_order_release);
	return h;
}

void
course_answer(struct course *c, int64_t now, enum verdict v)
{
	if (now > 0)
		add(&hour_of(c, now)->verdict[v], 1);
}

void
course_search(struct course *c, int64_t now, uint64_t microseconds)
{
	struct course_hour *h;

	if (now <= 0)
		return;
	h = hour_of(c, now);
	add(&h->searches, 1);
	add(&h->microseconds, microseconds);
	if (microseconds >
	    atomic_load_explicit(&h->longest, memory_order_relaxed))
		atomic_store_explicit(
		    &h->longest, microseconds, memory_order_relaxed);
}

void
course_sum(struct course *const *c, size_t n, int64_t now, int h,
    struct course_sum *out)
{
	int64_t hour = now / COURSE_HOUR - h;

	*out = (struct course_sum){.at = hour * COURSE_HOUR};
	if (hour <= 0)
		return;
	for (size_t k = 0; k < n; k++) {
		struct course_hour *x = &c[k]->at[hour % COURSE_HOURS];
		uint64_t longest;

		if (atomic_load_explicit(&x->hour, memory_order_acquire) !=
		    hour)
			continue;
		for (size_t i = 0; i < COURSE_VERDICTS; i++)
			out->verdict[i] += x->verdict[i];
		out->searches += x->searches;
		out->microseconds += x->microseconds;
		longest = x->longest;
		if (longest > out->longest)
			out->longest = longest;
	}
}

static void
one(struct buf *b, const struct course_sum *s)
{
	const char *comma = "";

	buf_printf(b, "{\"at\":%lld,\"accepts\":%llu,\"rejects\":{",
	    (long long)s->at, (unsigned long long)s->verdict[VERDICT_OK]);
	for (size_t i = 0; i < COURSE_VERDICTS; i++)
		if (i != VERDICT_OK && s->verdict[i] > 0) {
			buf_printf(b, "%s\"%s\":%llu", comma,
			    verdict_word((enum verdict)i),
			    (unsigned long long)s->verdict[i]);
			comma = ",";
		}
	buf_printf(b,
	    "},\"searches\":%llu,\"search_us\":%llu,\"longest_us\":%llu}",
	    (unsigned long long)s->searches,
	    (unsigned long long)s->microseconds,
	    (unsigned long long)s->longest);
}

void
course_text(struct buf *b, struct course *const *c, size_t n, int64_t now)
{
	struct course_sum s;

	buf_char(b, '[');
	for (int h = COURSE_HOURS - 1; h >= 0; h--) {
		course_sum(c, n, now, h, &s);
		one(b, &s);
		if (h > 0)
			buf_char(b, ',');
	}
	buf_char(b, ']');
}
