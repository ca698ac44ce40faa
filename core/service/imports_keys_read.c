/* Passwords of a table: what the columns of a row mean. */
#include <string.h>

#include "core/base/text.h"
#include "core/model/field.h"
#include "core/service/imports_keys.h"
#include "core/service/keys_ready.h"
#include "core/service/people_make.h"

static enum err
read_network(struct call *c, const struct key_items *s,
    const struct imports_line *l, struct key_item *it)
{
	const char *text = l->value[COLUMN_NETWORK];

	for (size_t i = 0; text[0] && i < s->nnetworks; i++)
		if (strcmp(s->networks[i].ssid, text) == 0 ||
		    strcmp(s->networks[i].name, text) == 0 ||
		    strcmp(s->networks[i].id.s, text) == 0)
			it->network = s->networks[i].id;
	return text[0] && uid_is_none(&it->network)
		   ? imports_wrong(c, "network", "There is no such network.")
		   : ERR_OK;
}

static enum err
read_plan(struct call *c, const struct imports *job, const struct key_items *s,
    const struct imports_line *l, struct key_item *it)
{
	const char *text = l->value[COLUMN_PLAN];
	size_t found = 0;

	if (text[0] == '\0')
		text = job->plan.s;
	if (text[0] == '\0')
		return ERR_OK;
	for (size_t i = 0; i < s->nplans; i++)
		if ((strcmp(s->plans[i].name, text) == 0 ||
			strcmp(s->plans[i].id.s, text) == 0) &&
		    (uid_is_none(&it->network) ||
			uid_same(&it->network, &s->plans[i].network))) {
			it->plan = s->plans[i];
			found++;
		}
	if (found == 1)
		it->network = it->plan.network;
	return found == 1   ? ERR_OK
	       : found == 0 ? imports_wrong(c, "plan", "There is no such plan.")
			    : imports_wrong(c, "plan",
				  "Several networks have such a plan: name "
				  "the network.");
}

static enum err
read_unit(struct call *c, const struct key_items *s, const char *text,
    struct uid *out)
{
	for (size_t i = 0; i < s->nunits; i++)
		if (strcmp(s->units[i].name, text) == 0 ||
		    strcmp(s->units[i].id.s, text) == 0) {
			*out = s->units[i].id;
			return ERR_OK;
		}
	return imports_wrong(c, "unit", "There is no such unit.");
}

/* A person the table names in full is made when there is none. */
static enum err
new_owner(struct call *c, const struct imports_line *l, const char *who,
    struct key_item *it)
{
	struct person *p = &it->owner;
	const char *mail = l->value[COLUMN_MAIL];

	if (l->value[COLUMN_PERSON_NAME][0] == '\0')
		return imports_wrong(c, "person",
		    "There is no such person. Give person_name, and one is "
		    "made.");
	if (strlen(who) > SUBJECT_MAX || strlen(mail) > MAIL_MAX ||
	    strlen(l->value[COLUMN_PERSON_NAME]) > NAME_MAX_ ||
	    strlen(l->value[COLUMN_LANGUAGE]) >= sizeof(p->language))
		return imports_wrong(c, "person", "This is too long.");
	text_copy(p->subject, sizeof(p->subject), who);
	text_copy(p->name, sizeof(p->name), l->value[COLUMN_PERSON_NAME]);
	text_copy(p->mail, sizeof(p->mail), mail);
	text_copy(p->language, sizeof(p->language), l->value[COLUMN_LANGUAGE]);
	it->make = true;
	return people_make_ready(c, p);
}

static enum err
read_owner(struct call *c, struct imports *job, const struct key_items *s,
    const struct imports_line *l, struct key_item *it)
{
	const char *who = l->value[COLUMN_PERSON];
	struct key_order *o = &it->order.order;
	enum err e;

	if (l->value[COLUMN_UNIT][0])
		return read_unit(c, s, l->value[COLUMN_UNIT], &o->unit);
	if (who[0] == '\0')
		who = l->value[COLUMN_MAIL];
	if (who[0] == '\0')
		return imports_wrong(
		    c, "person", "It must say whose password it is.");
	if ((e = imports_owner(c, job, who, &o->person)) == ERR_NOT_FOUND)
		return new_owner(c, l, who, it);
	return e;
}

static enum err
read_time(struct call *c, const struct imports_line *l, enum imports_column k,
    const char *field, int64_t *out)
{
	const char *text = l->value[k];

	return text[0] == '\0' || field_time_parse(text, out)
		   ? ERR_OK
		   : imports_wrong(c, field,
			 "A day such as 2027-12-31, or a time such as "
			 "2027-12-31T18:00:00Z, was expected.");
}

enum err
imports_keys_read(struct call *c, struct imports *job,
    const struct key_items *s, const struct imports_line *l,
    struct key_item *it)
{
	struct key_order *o = &it->order.order;
	const char *kind = l->value[COLUMN_KIND];
	const char *pass = l->value[COLUMN_PASSPHRASE];
	enum err e;

	o->name = l->value[COLUMN_NAME];
	o->kind = KEY_PERSONAL;
	if (kind[0] && !key_kind_parse(kind, &o->kind))
		return imports_wrong(
		    c, "kind", "It is personal, thing or guest.");
	if ((e = read_network(c, s, l, it)) ||
	    (e = read_plan(c, job, s, l, it)) ||
	    (e = read_owner(c, job, s, l, it)) ||
	    (e = read_time(
		 c, l, COLUMN_NOT_BEFORE, "not_before", &o->not_before)) ||
	    (e = read_time(c, l, COLUMN_NOT_AFTER, "not_after", &o->not_after)))
		return e;
	o->plan = it->plan.id;
	o->network = it->network;
	if (pass[0] == '\0') {
		/* with no passphrase it is known by its name */
		if (o->name[0] == '\0')
			o->name = keys_ready_name(o->kind);
		return ERR_OK;
	}
	o->given = &it->given;
	return secret_set(&it->given, pass, strlen(pass))
		   ? imports_wrong(c, "passphrase",
			 "A passphrase has 8 to 63 characters.")
		   : ERR_OK;
}
