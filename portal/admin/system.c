/* Is all well, and what is set? The configuration file rules; this reads. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/service/audit.h"
#include "core/service/insight.h"
#include "core/service/open.h"
#include "portal/admin/admin.h"
#include "portal/admin/radius.h"
#include "portal/web/route.h"

enum { BACKUP_DAYS = 7, DAY_S = 86400 };

static enum err
responder(struct page *p, struct tpl_admin_system *t)
{
	json_t *status = radius_ask_json(p->app->conf, "status", "position");
	int64_t at = json_integer_value(json_object_get(status, "position"));

	t->reached = status != NULL;
	json_decref(status);
	return t->reached ? insight_feed(&p->call, at, &t->behind, &t->since)
			  : ERR_OK;
}

static enum err
last_backup(struct page *p, struct tpl_admin_system *t)
{
	struct audit_row *rows = NULL;
	size_t n = 0;
	enum err e =
	    audit_list(&p->call, "store.backup", NULL, 0, 1, &rows, &n);

	if (e == ERR_OK && n > 0)
		t->backup = rows[0].at;
	t->is_backup = t->backup > p->call.now - BACKUP_DAYS * DAY_S;
	return e;
}

/* All that are in force, whether the file names them or not. Of secrets there
 * is only where they are kept. */
static const char *
settings(struct page *p)
{
	char *text = NULL;
	const char *kept = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return NULL;
	conf_dump(p->app->conf, f);
	if (fclose(f) == 0)
		kept = arena_text(p->arena, text);
	free(text);
	return kept;
}

/* What is only there to be read in a store that is sound. */
static enum err
of_store(struct page *p, struct tpl_admin_system *t)
{
	enum err e;

	if ((e = outbox_count(&p->call, OUTBOX_DEAD, &t->dead)) ||
	    (t->is_file && (e = last_backup(p, t))))
		return e;
	return responder(p, t);
}

enum err
admin_system(struct page *p)
{
	struct tpl_admin_system t = {.version = LATCHKEY_VERSION};
	enum err e;

	t.is_file = strcmp(p->app->conf->store.engine, "sqlite") == 0;
	if ((e = store_service_sound(&p->call, &t.schema, &t.sound)) ||
	    (t.sound && (e = of_store(p, &t))))
		return e;
	if ((t.settings = settings(p)) == NULL)
		return ERR_NO_MEMORY;
	render_admin_system(&p->view, &t, &p->rp->body);
	return page_html(p, 200);
}
