#include "portal/web/kiosk.h"

#include <stdlib.h>
#include <string.h>

#include "portal/web/cookie.h"
#include "portal/web/state.h"

#define COOKIE "__Host-kiosk"

enum { SECONDS = KIOSK_HOURS * 3600 };

enum err
kiosk_begin(struct page *p, const char *code, int64_t hours)
{
	const char *text =
	    arena_printf(p->arena, "%lld %s", (long long)hours, code);
	const char *state = text == NULL
				? NULL
				: state_sign(p->app->ring, "kiosk", text,
				      p->rq->now + SECONDS, p->arena);

	if (state == NULL)
		return ERR_NO_MEMORY;
	cookie_set(p->rp, COOKIE, state, SECONDS);
	return ERR_OK;
}

const char *
kiosk_code(struct page *p, int64_t *hours)
{
	const char *text = state_read(p->app->ring, "kiosk",
	    cookie_get(request_header(p->rq, "cookie"), COOKIE, p->arena),
	    p->rq->now, p->arena);
	const char *code = text == NULL ? NULL : strchr(text, ' ');

	if (hours != NULL)
		*hours = text == NULL ? 0 : strtoll(text, NULL, 10);
	return code == NULL ? NULL : code + 1;
}

void
kiosk_end(struct page *p)
{
	cookie_set(p->rp, COOKIE, "", -1);
}
