#include "core/service/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/service/act.h"
#include "core/service/json.h"
#include "core/service/outbox.h"

bool
events_wants(const char *events, const char *type)
{
	while (*events) {
		size_t n = strcspn(events, ",");

		if (n == 1 && *events == '*')
			return true;
		if (n > 1 && events[n - 1] == '*' &&
		    strncmp(events, type, n - 1) == 0)
			return true;
		if (strlen(type) == n && strncmp(events, type, n) == 0)
			return true;
		events += n;
		events += strspn(events, ", ");
	}
	return false;
}

bool
events_ok(const char *events)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_.-";

	if (*events == '\0')
		return false;
	for (;;) {
		size_t n = strspn(events, letters);
		bool all = events[n] == '*' && (n == 0 || events[n - 1] == '.');

		n += all;
		if (n == 0 || (events[n] != ',' && events[n] != '\0'))
			return false;
		if (events[n] == '\0')
			return true;
		events += n + 1;
		events += strspn(events, " ");
	}
}

/* {"type", "timestamp", "data": {"actor", "noun", "id", "detail"}} */
static enum err
body(const struct call *c, const struct event *ev, char **out)
{
	const char *text = ev->detail ? ev->detail : "{}";
	char when[CLOCK_TEXT];
	json_t *j, *detail;
	enum err e;

	e = json_read(text, strlen(text), 0, ERR_INTERNAL, &detail);
	if (e)
		return e;
	clock_text(c->now, when);
	json_begin();
	j = json_pack("{s:s,s:s,s:{s:s,s:s,s:s,s:o}}", "type", ev->type,
	    "timestamp", when, "data", "actor", c->actor.name, "noun", ev->noun,
	    "id", ev->id, "detail", detail);
	return json_line(j, JSON_ENSURE_ASCII, out);
}

static enum err
tell(struct call *c, const struct webhook *h, const struct event *ev,
    const char *text)
{
	char lane[100], once[200];
	struct outbox_order o = {.kind = OUTBOX_WEBHOOK,
	    .about = ev->type,
	    .target = h->name,
	    .lane = lane,
	    .hook = &h->id,
	    .payload = text,
	    .len = strlen(text)};
	struct uid id;

	(void)snprintf(
	    lane, sizeof(lane), "%s:%s", h->id.s, ev->lane ? ev->lane : ev->id);
	if (ev->once) {
		(void)snprintf(once, sizeof(once), "%s:%s", h->id.s, ev->once);
		o.once = once;
	}
	return outbox_add(c, &o, &id);
}

enum err
events_tell(struct call *c, const struct event *ev)
{
	struct webhook *all;
	char *text = NULL;
	enum err e;
	size_t n;

	if ((e = row_list(c->store, &webhook_rows, SQL_WEBHOOK_ACTIVE,
		 DB_NO_ARGS, c->arena, &all, &n)))
		return e;
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		if (!events_wants(all[i].events, ev->type))
			continue;
		if (text == NULL && (e = body(c, ev, &text)))
			return e;
		e = tell(c, &all[i], ev, text);
	}
	free(text);
	return e;
}
