/* What stands in bodies and answers, and how members become JSON. */
#include <stdlib.h>
#include <string.h>

#include "core/service/export.h"
#include "portal/api/api.h"
#include "portal/api/body.h"
#include "portal/api/many.h"

#define ROW(member, kind, flags, term, help)                                   \
	{                                                                      \
#member, kind, flags, offsetof(struct api_body, member),       \
		    sizeof(((struct api_body *)0)->member), term, help         \
	}
#define MUST (FIELD_SET | FIELD_REQUIRED)
#define MAY FIELD_SET

static const char *
state_text(int v)
{
	return person_state_text((enum person_state)v);
}

static bool
state_parse(const char *word, int *out)
{
	enum person_state s;

	if (!person_state_parse(word, &s))
		return false;
	*out = (int)s;
	return true;
}

static const struct term_words state_words = {
    state_text, state_parse, "active|suspended|ended"};

static const struct field
    state_fields[] = {ROW(state, FIELD_TERM, MUST, &state_words,
			  "what they shall be"),
	ROW(reason, FIELD_TEXT, MAY, NULL, "why, for the person to read"), {0}},
    merge_fields[] = {ROW(id, FIELD_ID, MUST, NULL, "who it is"), {0}},
    reason_fields[] = {ROW(reason, FIELD_TEXT, MAY, NULL,
			   "why, for the person to read"),
	{0}},
    rotation_fields[] = {ROW(overlap, FIELD_LONG, MAY, NULL,
			     "seconds during which both work; 0: none"),
	{0}},
    key_change_fields[] = {ROW(name, FIELD_TEXT, MAY, NULL, "another name"),
	ROW(not_after, FIELD_TIME, MAY, NULL, "another end; null: never"), {0}},
    device_change_fields[] = {ROW(name, FIELD_TEXT, MAY, NULL, "another name"),
	ROW(blocked, FIELD_BOOL, MAY, NULL, "it may not join"), {0}},
    member_fields[] = {ROW(manager, FIELD_BOOL, MAY, NULL,
			   "may invite others and make passwords"),
	{0}},
    departure_fields[] = {ROW(departure, FIELD_TIME, MAY, NULL, "until when"),
	{0}},
    room_fields[] = {ROW(room, FIELD_TEXT, MUST, NULL, "the new room"), {0}},
    stay_fields[] = {ROW(name, FIELD_TEXT, MUST, NULL, "the guest's name"),
	ROW(room, FIELD_TEXT, MAY, NULL, "where they stay"),
	ROW(mail, FIELD_TEXT, MAY, NULL, "the guest's mail address"),
	ROW(language, FIELD_TEXT, MAY, NULL, "BCP 47 tag"),
	ROW(plan, FIELD_ID, MAY, NULL, "one that guests may have"),
	ROW(arrival, FIELD_TIME, MAY, NULL, "from when; null: now"),
	ROW(departure, FIELD_TIME, MAY, NULL, "until when"),
	ROW(devices_max, FIELD_INT, MAY, NULL,
	    "how many devices may use it at once; 0 as the plan says"),
	{0}},
    customer_fields[] = {ROW(name, FIELD_TEXT, MUST, NULL, "their name"),
	ROW(mail, FIELD_TEXT, MAY, NULL, "where to write to them"),
	ROW(language, FIELD_TEXT, MAY, NULL, "BCP 47 tag"), {0}},
    target_fields[] = {ROW(id, FIELD_ID, MUST, NULL, "a person or a unit"),
	{0}},
    account_fields[] = {ROW(id, FIELD_ID, 0, NULL, "who it is here"),
	ROW(noun, FIELD_TEXT, 0, NULL, "person or unit"),
	ROW(name, FIELD_TEXT, 0, NULL, "their name"),
	ROW(state, FIELD_TERM, 0, &state_words, "their state"),
	ROW(reason, FIELD_TEXT, 0, NULL, "why"), {0}},
    passphrase_fields[] =
	{ROW(passphrase, FIELD_TEXT, 0, NULL, "what devices are given"), {0}},
    secret_fields[] = {ROW(id, FIELD_ID, 0, NULL, "its identifier"),
	ROW(secret, FIELD_TEXT, 0, NULL,
	    "whsec_ and base64; what signatures are made with"),
	{0}},
    export_order_fields[] =
	{ROW(form, FIELD_TEXT, MUST, NULL, "psk-file, vlan-file or csv"),
	    ROW(group, FIELD_TEXT, MAY, NULL,
		"only plans that work in this group of access points"),
	    {0}},
    export_fields[] = {ROW(count, FIELD_LONG, 0, NULL, "passwords in it"),
	{"text", FIELD_TEXT, 0, offsetof(struct api_body, detail), EXPORT_MAX,
	    NULL, "the file"},
	{0}},
    code_fields[] = {ROW(code, FIELD_TEXT, 0, NULL, "what the guest types"),
	ROW(id, FIELD_ID, 0, NULL, "the voucher"), {0}},
    audit_fields[] = {ROW(seq, FIELD_LONG, 0, NULL, "its number"),
	ROW(at, FIELD_TIME, 0, NULL, "when"),
	ROW(actor, FIELD_TEXT, 0, NULL, "kind:name:id@address"),
	ROW(act, FIELD_TEXT, 0, NULL, "what was done"),
	ROW(noun, FIELD_TEXT, 0, NULL, "to what kind of thing"),
	ROW(what, FIELD_TEXT, 0, NULL, "to which one"),
	ROW(detail, FIELD_TEXT, 0, NULL, "a JSON object"), {0}};

const struct shape shapes[] = {{"none", NULL, false},
    {"network", network_fields, false}, {"plan", plan_fields, false},
    {"rule", rule_fields, false}, {"ap", ap_fields, false},
    {"person", person_fields, false}, {"unit", unit_fields, false},
    {"key", key_fields, false}, {"device", device_fields, false},
    {"visit", visit_fields, false}, {"voucher", voucher_fields, false},
    {"merge", merge_fields, true}, {"state", state_fields, true},
    {"reason", reason_fields, true}, {"rotation", rotation_fields, true},
    {"key_change", key_change_fields, true},
    {"device_change", device_change_fields, true},
    {"member", member_fields, true}, {"departure", departure_fields, true},
    {"room", room_fields, true}, {"stay", stay_fields, true},
    {"customer", customer_fields, true}, {"target", target_fields, true},
    {"account", account_fields, true}, {"passphrase", passphrase_fields, true},
    {"webhook", webhook_fields, false}, {"delivery", outbox_fields, false},
    {"webhook_secret", secret_fields, true}, {"batch", api_batch_fields, false},
    {"rotation_job", api_job_fields, false}, {"pool", api_pool_fields, false},
    {"lease", api_lease_fields, false},
    {"export_order", export_order_fields, true},
    {"export", export_fields, true}, {"voucher_code", code_fields, true},
    {"audit", audit_fields, true}};
const size_t shapes_count = sizeof(shapes) / sizeof(*shapes);

const struct shape *
shape_find(const char *name)
{
	size_t len = strlen(name);

	if (len > 5 && strcmp(name + len - 5, "_page") == 0)
		len -= 5;
	for (size_t i = 0; i < shapes_count; i++)
		if (strlen(shapes[i].name) == len &&
		    strncmp(shapes[i].name, name, len) == 0)
			return &shapes[i];
	return &shapes[0];
}

/* --- out ---------------------------------------------------------------- */

static json_t *
roles_json(const char *words)
{
	json_t *list = json_array();

	while (*words) {
		size_t n = strcspn(words, ",");

		(void)json_array_append_new(list, json_stringn(words, n));
		words += n + (words[n] == ',');
	}
	return list;
}

/* *LACKED is set when there is no memory for the text of it. */
static json_t *
member_json(const struct field *f, const void *noun, bool *lacked)
{
	const void *at = (const char *)noun + f->offset;
	OWN(buf) struct buf b = BUF(20000);

	switch (f->kind) {
	case FIELD_INT:
		return json_integer(*(const int *)at);
	case FIELD_LONG:
		return json_integer(*(const int64_t *)at);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)at);
	case FIELD_TEXT:
	case FIELD_ID:
	case FIELD_TERM:
	case FIELD_TIME:
	case FIELD_MAC:
	case FIELD_ROLES:
		break;
	}
	field_get(f, noun, &b);
	*lacked |= b.err == ERR_NO_MEMORY;
	if (f->kind == FIELD_ROLES)
		return roles_json(buf_str(&b));
	if (b.len == 0 && (f->kind == FIELD_ID || f->kind == FIELD_TIME))
		return json_null();
	return json_string(buf_str(&b));
}

json_t *
api_object(const struct field *fields, const void *noun)
{
	json_t *j = json_object();
	bool lacked = false;

	for (const struct field *f = fields; f->name; f++)
		(void)json_object_set_new(
		    j, f->name, member_json(f, noun, &lacked));
	if (!lacked && !json_lacked())
		return j;
	json_decref(j);
	return NULL;
}

/* --- in ----------------------------------------------------------------- */

static enum err
wrong(struct api *a, const struct field *f, const char *want)
{
	return why_set(&a->c->why, ERR_BAD_INPUT, f->name, "%s: expected %s",
	    f->name, want);
}

static enum err
roles_read(struct api *a, const struct field *f, void *noun, const json_t *v)
{
	OWN(buf) struct buf b = BUF(400);
	const json_t *one;
	size_t i;

	if (!json_is_array(v))
		return wrong(a, f, "a list of roles");
	json_array_foreach(v, i, one)
	{
		if (!json_is_string(one))
			return wrong(a, f, "a list of roles");
		buf_printf(&b, "%s%s", i ? "," : "", json_string_value(one));
	}
	return b.err ? b.err : field_set(f, noun, buf_str(&b), &a->c->why);
}

static enum err
empty(struct api *a, const struct field *f, void *noun)
{
	if (f->kind == FIELD_ID) {
		*(struct uid *)(void *)((char *)noun + f->offset) = UID_NONE;
		return ERR_OK;
	}
	if (f->kind == FIELD_TIME) {
		*(int64_t *)(void *)((char *)noun + f->offset) = 0;
		return ERR_OK;
	}
	if (f->kind == FIELD_TEXT)
		return field_set(f, noun, "", &a->c->why);
	return wrong(a, f, "a value");
}

static enum err
member_read(struct api *a, const struct field *f, void *noun, const json_t *v)
{
	char number[32];

	if (json_is_null(v))
		return empty(a, f, noun);
	switch (f->kind) {
	case FIELD_INT:
	case FIELD_LONG:
		if (!json_is_integer(v))
			return wrong(a, f, "a whole number");
		(void)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(v));
		return field_set(f, noun, number, &a->c->why);
	case FIELD_BOOL:
		if (!json_is_boolean(v))
			return wrong(a, f, "true or false");
		return field_set(
		    f, noun, json_is_true(v) ? "yes" : "no", &a->c->why);
	case FIELD_ROLES:
		return roles_read(a, f, noun, v);
	case FIELD_TEXT:
	case FIELD_ID:
	case FIELD_TERM:
	case FIELD_TIME:
	case FIELD_MAC:
		break;
	}
	if (!json_is_string(v))
		return wrong(a, f, "text");
	return field_set(f, noun, json_string_value(v), &a->c->why);
}

enum err
api_read(struct api *a, const struct field *fields, void *noun, bool all)
{
	const struct field *f;
	const char *name;
	json_t *v;
	enum err e;

	json_object_foreach(a->body, name, v)
	{
		if (fields == ap_fields && strcmp(name, "secret") == 0 &&
		    json_is_string(v))
			continue;
		if (fields == ap_fields && strcmp(name, "secret") == 0)
			return why_set(&a->c->why, ERR_BAD_INPUT, name,
			    "secret: expected text");
		if ((f = field_find(fields, name)) == NULL ||
		    !(f->flags & FIELD_SET))
			return why_set(&a->c->why, ERR_BAD_INPUT, name,
			    "%.60s is not a member that can be set here.",
			    name);
		if ((e = member_read(a, f, noun, v)))
			return e;
	}
	for (f = fields; all && f->name; f++)
		if ((f->flags & FIELD_REQUIRED) &&
		    json_object_get(a->body, f->name) == NULL)
			return why_set(&a->c->why, ERR_BAD_INPUT, f->name,
			    "%s must be given: %s.", f->name, f->help);
	return ERR_OK;
}

enum err
api_list(struct api *a, const struct field *fields, const void *list, size_t n,
    size_t size, bool slice)
{
	size_t from = slice ? a->offset : 0;
	size_t to =
	    slice && a->offset + a->limit < n ? a->offset + a->limit : n;

	if (slice)
		a->total = n;
	a->is_list = true;
	if (a->out == NULL)
		a->out = json_array();
	for (size_t i = from; i < to; i++)
		if (json_array_append_new(a->out,
			api_object(fields, (const char *)list + i * size)))
			return ERR_NO_MEMORY;
	return ERR_OK;
}
