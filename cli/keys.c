/* Wi-Fi passwords. */
#include "core/service/keys.h"

#include <string.h>

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/service/people.h"
#include "core/service/setup.h"
#include "core/service/units.h"

enum { PAGE = 1000 };

static enum err
key_id(struct cli *c, const char *text, struct uid *out)
{
	if (uid_parse(text, out))
		return ERR_OK;
	return why_set(&c->call.why, ERR_BAD_INPUT, "",
	    "the id of a password was expected: see `latchkey key list`");
}

/* The one word that every verb here starts with. */
static int
first(struct cli *c, const struct verb *v, size_t words, struct uid *id)
{
	enum err e;

	if (c->nwords != words)
		return cli_usage(c, v);
	e = key_id(c, c->word[0], id);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

static int
done(struct cli *c, enum err e)
{
	if (e == ERR_NOT_FOUND && c->call.why.text[0] == '\0')
		(void)why_set(&c->call.why, e, "", "there is no such password");
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

static enum err
when(struct cli *c, const char *name, int64_t *out)
{
	const char *v = cli_option(c, name);

	if (v == NULL || field_time_parse(v, out))
		return ERR_OK;
	return why_set(&c->call.why, ERR_BAD_INPUT, name,
	    "a time such as 2026-12-24T10:00:00Z was expected");
}

static enum err
devices_max(struct cli *c, int *out)
{
	const char *v = cli_option(c, "devices_max");
	int64_t n = 0;

	if (v != NULL && !text_int(v, 0, DEVICES_MAX, &n))
		return why_set(&c->call.why, ERR_BAD_INPUT, "devices_max",
		    "a number from 0 to %d was expected", DEVICES_MAX);
	*out = (int)n;
	return ERR_OK;
}

static enum err
read_order(struct cli *c, struct key_order *o)
{
	const char *person = cli_option(c, "person");
	const char *unit = cli_option(c, "unit");
	const char *plan = cli_option(c, "plan");
	const char *kind = cli_option(c, "kind");
	const char *name = cli_option(c, "name");
	struct person p;
	struct unit u;
	struct plan found;
	enum err e;

	if ((person == NULL) == (unit == NULL))
		return why_set(&c->call.why, ERR_BAD_INPUT, "person",
		    "--person or --unit must be given: whose password it is");
	if (person && (e = people_find(&c->call, person, &p)))
		return e;
	if (unit && (e = units_find(&c->call, unit, &u)))
		return why_set(&c->call.why, ERR_BAD_INPUT, "unit",
		    "there is no unit called %.60s", unit);
	if (plan && (e = plan_find(&c->call, plan, &found)))
		return why_set(&c->call.why, ERR_BAD_INPUT, "plan",
		    "there is no plan called %.60s", plan);
	if (kind && !key_kind_parse(kind, &o->kind))
		return why_set(&c->call.why, ERR_BAD_INPUT, "kind",
		    "personal, thing, unit or guest was expected");
	if (person)
		o->person = p.id;
	else {
		o->unit = u.id;
		o->kind = KEY_UNIT;
	}
	if (plan) {
		o->plan = found.id;
		o->network = found.network;
	}
	o->name = name ? name : "";
	if ((e = when(c, "not_before", &o->not_before)) ||
	    (e = devices_max(c, &o->devices_max)))
		return e;
	return when(c, "not_after", &o->not_after);
}

static const char *
time_text(int64_t at, char out[static CLOCK_TEXT], const char *none)
{
	if (at == 0)
		return none;
	clock_text(at, out);
	return out;
}

static void
show_view(struct cli *c, const struct key_view *k)
{
	char from[CLOCK_TEXT], until[CLOCK_TEXT];
	const struct out_pair pairs[] = {{"id", k->key.id.s, 0},
	    {"name", k->key.name, 0}, {"person", k->person.name, 0},
	    {"network", k->network.ssid, 0}, {"plan", k->plan.name, 0},
	    {"standing", key_standing_text(k->standing), 0},
	    {"not_before", time_text(k->key.not_before, from, "now"), 0},
	    {"not_after", time_text(k->key.not_after, until, "never"), 0},
	    {"devices", NULL, (int64_t)k->devices},
	    {"in_use", k->in_use ? "yes" : "no", 0},
	    {"version", NULL, k->key.version}, {NULL, NULL, 0}};

	out_pairs(c, pairs);
}

int
verb_key_issue(struct cli *c, const struct verb *v)
{
	OWN(secret) struct secret given = SECRET_NONE;
	const char *file = cli_option(c, "passphrase_file");
	struct key_order o = {.kind = KEY_PERSONAL};
	struct key_view *out = arena_get(c->arena, sizeof(*out));
	enum err e;

	(void)v;
	if (out == NULL)
		return cli_fail(c, ERR_NO_MEMORY);
	if ((e = read_order(c, &o)) ||
	    (file && (e = cli_secret(c, file, &given))))
		return cli_fail(c, e);
	if (!cli_all_used(c))
		return 2;
	o.given = file ? &given : NULL;
	if ((e = keys_issue(&c->call, &o, out)))
		return cli_fail(c, e);
	show_view(c, out);
	return 0;
}

int
verb_key_list(struct cli *c, const struct verb *v)
{
	const char *person = cli_option(c, "person");
	struct key_filter f = {.search = c->nwords ? c->word[0] : "",
	    .standing = -1,
	    .limit = PAGE};
	struct key_view *views = NULL;
	struct wifi_key *keys;
	struct person p;
	size_t n = 0, total = 0;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if (person) {
		if ((e = people_find(&c->call, person, &p)))
			return cli_fail(c, e);
		f.person = p.id;
	}
	if ((e = keys_list(&c->call, &f, &views, &n, &total)))
		return cli_fail(c, e);
	if ((keys = arena_array(c->arena, n + 1, sizeof(*keys))) == NULL)
		return cli_fail(c, ERR_NO_MEMORY);
	for (size_t i = 0; i < n; i++)
		keys[i] = views[i].key;
	out_list(c, v->fields, keys, n, sizeof(*keys));
	return 0;
}

int
verb_key_show(struct cli *c, const struct verb *v)
{
	struct key_view *k = arena_get(c->arena, sizeof(*k));
	struct uid id;
	int status = first(c, v, 1, &id);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if (k == NULL)
		return cli_fail(c, ERR_NO_MEMORY);
	if ((e = keys_get(&c->call, &id, k)))
		return done(c, e);
	show_view(c, k);
	return 0;
}

int
verb_key_reveal(struct cli *c, const struct verb *v)
{
	OWN(secret) struct secret s = SECRET_NONE;
	struct uid id;
	int status = first(c, v, 1, &id);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if ((e = keys_reveal(&c->call, &id, "screen", &s)))
		return done(c, e);
	out_pairs(c, (const struct out_pair[]){
			 {"passphrase", secret_text(&s), 0}, {NULL, NULL, 0}});
	return 0;
}

static int
reasoned(struct cli *c, const struct verb *v,
    enum err (*act)(struct call *c, const struct uid *id, const char *reason))
{
	const char *reason = cli_option(c, "reason");
	struct uid id;
	int status = first(c, v, 1, &id);

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	return done(c, act(&c->call, &id, reason ? reason : ""));
}

int
verb_key_revoke(struct cli *c, const struct verb *v)
{
	return reasoned(c, v, keys_revoke);
}

int
verb_key_suspend(struct cli *c, const struct verb *v)
{
	return reasoned(c, v, keys_suspend);
}

int
verb_key_restore(struct cli *c, const struct verb *v)
{
	struct uid id;
	int status = first(c, v, 1, &id);

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	return done(c, keys_restore(&c->call, &id));
}

bool
cli_span(const char *text, int64_t *out)
{
	static const char suffix[] = "smhd";
	static const int64_t unit[] = {1, 60, 3600, 86400};
	size_t n = strspn(text, "0123456789");
	const char *s = text[n] ? strchr(suffix, text[n]) : suffix;
	char digits[12];

	if (n == 0 || n >= sizeof(digits) || s == NULL ||
	    (text[n] && text[n + 1]))
		return false;
	memcpy(digits, text, n);
	digits[n] = '\0';
	if (!text_int(digits, 0, INT32_MAX, out))
		return false;
	*out *= unit[s - suffix];
	return true;
}

int
verb_key_rotate(struct cli *c, const struct verb *v)
{
	const char *overlap = cli_option(c, "overlap");
	struct key_view *k = arena_get(c->arena, sizeof(*k));
	int64_t seconds = 86400;
	struct uid id;
	int status = first(c, v, 1, &id);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if (k == NULL)
		return cli_fail(c, ERR_NO_MEMORY);
	if (overlap && !cli_span(overlap, &seconds))
		return cli_say(
		    c, 2, "--overlap: a time such as 0, 30m, 24h was expected");
	if ((e = keys_rotate(&c->call, &id, seconds, k)))
		return done(c, e);
	show_view(c, k);
	return 0;
}

static enum err
version_of(struct cli *c, const struct uid *id, int64_t *out)
{
	struct key_view *k = arena_get(c->arena, sizeof(*k));
	enum err e = k ? keys_get(&c->call, id, k) : ERR_NO_MEMORY;

	*out = e == ERR_OK ? k->key.version : 0;
	return e;
}

int
verb_key_extend(struct cli *c, const struct verb *v)
{
	const char *text = cli_option(c, "not_after");
	int64_t end = 0, version;
	struct uid id;
	int status = first(c, v, 1, &id);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if (text == NULL ||
	    (strcmp(text, "never") != 0 && !field_time_parse(text, &end)))
		return cli_say(c, 2,
		    "--not-after: a time such as 2026-12-24T10:00:00Z, or "
		    "never, was expected");
	if ((e = version_of(c, &id, &version)))
		return done(c, e);
	return done(c, keys_set_end(&c->call, &id, end, version));
}

int
verb_key_rename(struct cli *c, const struct verb *v)
{
	int64_t version;
	struct uid id;
	int status = first(c, v, 2, &id);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	if ((e = version_of(c, &id, &version)))
		return done(c, e);
	return done(c, keys_rename(&c->call, &id, c->word[1], version));
}
