#include "portal/web/looks.h"

#include "core/handout/logo.h"
#include "core/service/post.h"
#include "portal/web/colour.h"
#include "portal/web/page.h"

/* W by H at the largest size that fits, and never larger than it is. */
static void
fit(int w, int h, struct looks *out)
{
	out->wide = w;
	out->high = h;
	if (out->high > LOOKS_HIGH) {
		out->wide = w * LOOKS_HIGH / h;
		out->high = LOOKS_HIGH;
	}
	if (out->wide > LOOKS_WIDE) {
		out->wide = LOOKS_WIDE;
		out->high = h * LOOKS_WIDE / w;
	}
	out->wide += out->wide == 0;
	out->high += out->high == 0;
}

void
looks_make(struct app *a)
{
	const struct logo *l = a->logo;

	a->looks = (struct looks){.wide = 0};
	colour_ground(a->conf->portal.colour, a->looks.accent);
	if (l == NULL || l->len > LOOKS_OCTETS)
		return;
	fit(l->w, l->h, &a->looks);
	post_picture(a->post, l->png, l->len);
}
