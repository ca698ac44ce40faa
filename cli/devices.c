/* Devices: registered before they were seen, renamed, removed, blocked. */
#include "core/service/devices.h"

#include "cli/out.h"
#include "cli/people.h"
#include "cli/verbs.h"

static enum err
id_of(struct cli *c, const char *text, const char *what, struct uid *out)
{
	if (uid_parse(text, out))
		return ERR_OK;
	return why_set(&c->call.why, ERR_BAD_INPUT, "",
	    "the id of a %s was expected: see `latchkey %s list`", what,
	    what[0] == 'd' ? "device" : "key");
}

static int
done(struct cli *c, enum err e)
{
	if (e == ERR_NOT_FOUND && c->call.why.text[0] == '\0')
		(void)why_set(&c->call.why, e, "", "there is no such device");
	if (e == ERR_BAD_STATE && c->call.why.text[0] == '\0')
		(void)why_set(&c->call.why, e, "", "it is so already");
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

/* The id that every verb but list starts with. */
static int
first(struct cli *c, const struct verb *v, size_t words, const char *what,
    struct uid *id)
{
	enum err e;

	if (c->nwords != words)
		return cli_say(c, 2, "usage: latchkey %s %s %s", v->noun,
		    v->verb, v->usage);
	e = id_of(c, c->word[0], what, id);
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

int
verb_device_add(struct cli *c, const struct verb *v)
{
	const char *name = cli_option(c, "name");
	struct device d;
	struct uid key;
	int status = first(c, v, 2, "password", &key);
	enum err e;

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	e = device_register(&c->call, &key, c->word[1], name ? name : "", &d);
	if (e == ERR_NOT_FOUND && c->call.why.text[0] == '\0')
		(void)why_set(&c->call.why, e, "", "there is no such password");
	if (e != ERR_OK)
		return done(c, e);
	out_one(c, v->fields, &d);
	return 0;
}

static enum err
some(struct cli *c, const char *key, const char *person, struct device **all,
    size_t *n)
{
	struct person p;
	struct uid id;
	enum err e;

	if (key) {
		if ((e = id_of(c, key, "password", &id)))
			return e;
		return devices_of_key(&c->call, &id, all, n);
	}
	if (person == NULL)
		return why_set(&c->call.why, ERR_BAD_INPUT, "",
		    "--person or --key must be given: whose devices");
	if ((e = person_named(c, person, &p)))
		return e;
	return devices_of_person(&c->call, &p.id, all, n);
}

int
verb_device_list(struct cli *c, const struct verb *v)
{
	const char *key = cli_option(c, "key");
	const char *person = cli_option(c, "person");
	struct device *all = NULL;
	size_t n = 0;
	enum err e;

	if (!cli_all_used(c))
		return 2;
	if ((e = some(c, key, person, &all, &n)))
		return cli_fail(c, e);
	out_list(c, v->fields, all, n, sizeof(*all));
	return 0;
}

int
verb_device_rename(struct cli *c, const struct verb *v)
{
	struct uid id;
	int status = first(c, v, 2, "device", &id);

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	return done(c, device_rename(&c->call, &id, c->word[1]));
}

int
verb_device_remove(struct cli *c, const struct verb *v)
{
	struct uid id;
	int status = first(c, v, 1, "device", &id);

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	return done(c, device_remove(&c->call, &id));
}

static int
set_blocked(struct cli *c, const struct verb *v, bool blocked)
{
	struct uid id;
	int status = first(c, v, 1, "device", &id);

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	return done(c, device_set_blocked(&c->call, &id, blocked));
}

int
verb_device_block(struct cli *c, const struct verb *v)
{
	return set_blocked(c, v, true);
}

int
verb_device_unblock(struct cli *c, const struct verb *v)
{
	return set_blocked(c, v, false);
}
