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

/* As they stand in the file, without the secrets. */
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

enum err
admin_system(struct page *p)
{
	struct tpl_admin_system t = {.version = LATCHKEY_VERSION};
	struct store_health h;
	enum err e;

	if ((e = store_service_health(&p->call, &h)) ||
	    (e = outbox_count(&p->call, OUTBOX_DEAD, &t.dead)) ||
	    (e = last_backup(p, &t)) || (e = responder(p, &t)))
		return e;
	t.schema = h.schema;
	t.sound = h.sound;
	if ((t.settings = settings(p)) == NULL)
		return ERR_NO_MEMORY;
	render_admin_system(&p->view, &t, &p->rp->body);
	return page_html(p, 200);
}
