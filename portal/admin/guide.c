/* How each maker's access points are set up, for who has them before them. */
#include "portal/admin/guide.h"

#include <string.h>

#include "portal/admin/admin.h"
#include "portal/web/route.h"

static const struct guide *
find(const char *word, size_t len)
{
	for (const struct guide *g = guides; g->word != NULL; g++)
		if (strlen(g->word) == len && memcmp(g->word, word, len) == 0)
			return g;
	return NULL;
}

/* "ruckus-smartzone" is on the page of "ruckus". */
const struct guide *
guide_of(const char *dialect)
{
	return find(dialect, strcspn(dialect, "-"));
}

enum err
admin_guide(struct page *p)
{
	const char *word = p->rq->args[0];
	const struct guide *g = find(word, strlen(word));

	if (g == NULL)
		return ERR_NOT_FOUND;
	return PAGE(p, admin_guide, .name = g->title, .guide = {g->html},
	    .is_all = strcmp(word, "all") == 0);
}
