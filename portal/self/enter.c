/* The page with the ways to sign in. */
#include <string.h>

#include "portal/web/route.h"

enum err
enter_page(struct page *p)
{
	const struct conf *c = p->app->conf;
	const char *target = route_return(form_get(&p->query, "return"));
	struct tpl_provider *v;

	if (p->signed_in)
		return page_go(p, target);
	if ((v = arena_array(p->arena, c->nprovider + 1, sizeof(*v))) == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < c->nprovider; i++) {
		const struct conf_provider *q = &c->provider[i];

		v[i].slug = q->slug;
		v[i].label = q->label[0] != '\0' ? q->label : q->slug;
	}
	return PAGE(p, sign_in, .providers = {v, c->nprovider},
	    .target = strcmp(target, "/") == 0 ? "" : target);
}
