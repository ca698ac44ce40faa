/* Devices: registered before they were seen, renamed, removed, blocked. */
#include "core/service/devices.h"

#include "cli/out.h"
#include "cli/verbs.h"
#include "core/service/keys.h"
#include "core/service/people.h"

enum { PAGE = 100 };

static int
done(struct cli *c, enum err e)
{
	if (e == ERR_NOT_FOUND && c->call.why.text[0] == '\0')
		(void)why_set(&c->call.why, e, "", "there is no such device");
	if (e == ERR_BAD_STATE && c->call.why.text[0] == '\0')
		(void)why_set(&c->call.why, e, "", "it is so already");
	return e == ERR_OK ? 0 : cli_fail(c, e);
}

/* The id that all verbs but add and list start with. */
static int
first(struct cli *c, const struct verb *v, size_t words, struct uid *id)
{
	if (c->nwords != words)
		return cli_usage(c, v);
	if (uid_parse(c->word[0], id))
		return 0;
	return cli_say(c, 2,
	    "the id of a device was expected: see `latchkey device list`");
}

/* The one working password of a person. */
static enum err
only_key(struct cli *c, const struct person *p, struct uid *out)
{
	struct key_filter f = {
	    .person = p->id, .search = "", .standing = -1, .limit = PAGE};
	struct key_view *all = NULL;
	size_t n = 0, total = 0, fits = 0;
	enum err e;

	if ((e = keys_list(&c->call, &f, &all, &n, &total)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (all[i].standing == KEY_IS_ACTIVE) {
			*out = all[i].key.id;
			fits++;
		}
	if (fits == 1)
		return ERR_OK;
	return why_set(&c->call.why, ERR_NOT_FOUND, "",
	    fits ? "%.80s has several passwords: use the id of one"
		 : "%.80s has no password that works",
	    p->name);
}

/* KEY: an id, or whose only password it is. */
static enum err
key_named(struct cli *c, const char *text, struct uid *out)
{
	struct person p;
	enum err e;

	if (uid_parse(text, out))
		return ERR_OK;
	if ((e = people_find(&c->call, text, &p)))
		return e;
	return only_key(c, &p, out);
}

int
verb_device_add(struct cli *c, const struct verb *v)
{
	const char *name = cli_option(c, "name");
	struct device d;
	struct uid key;
	enum err e;

	if (cli_words(c, v, 2))
		return 2;
	if ((e = key_named(c, c->word[0], &key)))
		return cli_fail(c, e);
	e = device_register(&c->call, &key, c->word[1], name ? name : "", &d);
	if (e == ERR_NOT_FOUND && c->call.why.text[0] == '\0')
		(void)why_set(&c->call.why, e, "", "there is no such password");
	if (e != ERR_OK)
		return cli_fail(c, e);
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
		if ((e = key_named(c, key, &id)))
			return e;
		return devices_of_key(&c->call, &id, all, n);
	}
	if (person == NULL)
		return why_set(&c->call.why, ERR_BAD_INPUT, "",
		    "--person or --key must be given: whose devices");
	if ((e = people_find(&c->call, person, &p)))
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
	int status = first(c, v, 2, &id);

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	return done(c, device_rename(&c->call, &id, c->word[1]));
}

int
verb_device_remove(struct cli *c, const struct verb *v)
{
	struct uid id;
	int status = first(c, v, 1, &id);

	if (status != 0 || !cli_all_used(c))
		return status ? status : 2;
	return done(c, device_remove(&c->call, &id));
}

static int
set_blocked(struct cli *c, const struct verb *v, bool blocked)
{
	struct uid id;
	int status = first(c, v, 1, &id);

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
