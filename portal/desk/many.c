/* Several guests at once, by number: "Conference 1" to "Conference 40". */
#include <string.h>

#include "core/base/text.h"
#include "portal/desk/desk.h"
#include "portal/web/route.h"

enum { MANY_MAX = 200, NUMBER_MAX = 999999 };

static enum err
wrong(struct page *p, const char *words)
{
	return desk_show(p, words);
}

/* Each is whole by itself: when one fails, those before it are there and in
 * the list of arrivals. */
static enum err
issue(struct page *p, struct pass_order *o, int64_t first, int64_t count,
    struct key_view *v)
{
	const char *prefix = form_text(&p->form, "prefix");
	enum err e;

	for (int64_t i = 0; i < count; i++) {
		o->name = arena_printf(
		    p->arena, "%s %lld", prefix, (long long)(first + i));
		if (o->name == NULL)
			return ERR_NO_MEMORY;
		if ((e = passes_issue(&p->call, o, &v[i])))
			return e;
	}
	return ERR_OK;
}

enum err
desk_many(struct page *p)
{
	struct pass_order o = {0};
	struct key_view *v;
	int64_t first, count;
	enum err e;

	if (!text_int(form_text(&p->form, "first"), 0, NUMBER_MAX, &first) ||
	    !text_int(form_text(&p->form, "count"), 1, MANY_MAX, &count))
		return wrong(
		    p, "Give a first number, and a count of 1 to 200.");
	if ((v = arena_array(p->arena, (size_t)count, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	if ((e = desk_order(p, &o)) == ERR_OK)
		e = issue(p, &o, first, count, v);
	if (e == ERR_BAD_INPUT)
		return wrong(p, p->call.why.text[0] != '\0' ? p->call.why.text
							    : err_words(e));
	return e != ERR_OK ? e : desk_print(p, v, (size_t)count);
}
