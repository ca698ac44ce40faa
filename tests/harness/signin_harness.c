/*
 * signin_harness: portal/signin/signin.h on standard input and output
 *
 *	signin_harness CONF
 *
 * reads one JSON object per line ({"op": "begin", "slug": ..., ...}) and
 * answers each with one: its kind of failure, the reason, what came of it.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "portal/signin/signin.h"

enum { MEMORY = 4 << 20 };

static const char *
text(const json_t *in, const char *name)
{
	return json_string_value(json_object_get(in, name));
}

static const char *
or_empty(const char *t)
{
	return t == NULL ? "" : t;
}

static void
put(json_t *out, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(out, name, json_string_nocheck(value));
}

static enum err
begin(struct signin *s, const json_t *in, int64_t now, struct arena *a,
    struct signin_why *why, json_t *out)
{
	struct signin_begun b;
	enum err e = signin_begin(s, or_empty(text(in, "slug")),
	    or_empty(text(in, "return_to")),
	    json_is_true(json_object_get(in, "fresh")), now, a, &b, why);

	put(out, "location", b.location);
	put(out, "cookie_name", b.cookie_name);
	put(out, "cookie", b.cookie_value);
	return e;
}

static enum err
finish(struct signin *s, const json_t *in, int64_t now, struct arena *a,
    struct signin_why *why, json_t *out)
{
	const char *query = or_empty(text(in, "query"));
	struct signin_identity id;
	json_t *groups = json_array();
	enum err e;

	put(out, "cookie_of", signin_cookie_of(query, a));
	e = signin_finish(s, or_empty(text(in, "slug")), query,
	    text(in, "cookie"), now, a, &id, why);
	put(out, "issuer", id.issuer);
	put(out, "subject", id.subject);
	put(out, "name", id.name);
	put(out, "mail", id.mail);
	put(out, "language", id.language);
	put(out, "claims", id.claims);
	put(out, "sid", id.sid);
	put(out, "id_token", id.id_token);
	put(out, "return_to", id.return_to);
	for (size_t i = 0; i < id.ngroups; i++)
		json_array_append_new(groups, json_string(id.groups[i]));
	json_object_set_new(out, "groups", groups);
	json_object_set_new(out, "groups_known", json_boolean(id.groups_known));
	json_object_set_new(
	    out, "mail_verified", json_boolean(id.mail_verified));
	json_object_set_new(out, "auth_at", json_integer(id.auth_at));
	return e;
}

static enum err
backchannel(struct signin *s, const json_t *in, int64_t now, struct arena *a,
    struct signin_why *why, json_t *out)
{
	struct signin_logout l;
	enum err e = signin_backchannel(s, or_empty(text(in, "slug")),
	    or_empty(text(in, "logout_token")), now, a, &l, why);

	put(out, "subject", l.subject);
	put(out, "sid", l.sid);
	return e;
}

static enum err
dispatch(struct signin *s, const json_t *in, struct arena *a,
    struct signin_why *why, json_t *out)
{
	const json_t *given = json_object_get(in, "now");
	const char *op = or_empty(text(in, "op"));
	int64_t now =
	    json_is_integer(given) ? json_integer_value(given) : clock_now();

	if (strcmp(op, "begin") == 0)
		return begin(s, in, now, a, why, out);
	if (strcmp(op, "finish") == 0)
		return finish(s, in, now, a, why, out);
	if (strcmp(op, "backchannel") == 0)
		return backchannel(s, in, now, a, why, out);
	if (strcmp(op, "logout") != 0)
		return ERR_UNSUPPORTED;
	put(out, "location",
	    signin_logout_url(s, or_empty(text(in, "slug")),
		or_empty(text(in, "id_token")),
		or_empty(text(in, "return_url")), a));
	return ERR_OK;
}

static void
answer(struct signin *s, const char *line)
{
	OWN(arena) struct arena *a = arena_new(MEMORY);
	json_t *in = json_loads(line, 0, NULL), *out = json_object();
	struct signin_why why = {0};
	int64_t began = clock_mono();
	enum err e = dispatch(s, in, a, &why, out);

	put(out, "result", err_name(e));
	put(out, "reason", why.reason);
	put(out, "detail", why.detail);
	json_object_set_new(
	    out, "ms", json_integer((clock_mono() - began) / 1000000));
	json_dumpf(out, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(in);
	json_decref(out);
}

int
main(int argc, char **argv)
{
	OWN(conf) struct conf *conf = NULL;
	OWN(ring) struct ring *ring = NULL;
	OWN(mem) char *line = NULL;
	char why[CONF_WHY] = "", ring_why[RING_WHY] = "";
	struct signin *s = NULL;
	size_t size = 0;

	if (argc != 2 || conf_load(argv[1], &conf, why) != ERR_OK ||
	    ring_load(conf->keys.master_key, &ring, ring_why) != ERR_OK ||
	    signin_open(conf, ring, &s, why) != ERR_OK) {
		fprintf(stderr, "signin_harness: %s%s\n", why, ring_why);
		return 78;
	}
	while (getline(&line, &size, stdin) > 0)
		answer(s, line);
	signin_close(s);
	return 0;
}
