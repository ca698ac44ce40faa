#include "portal/admin/spoken.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/say.h"
#include "core/base/text.h"
#include "portal/web/tpl.h"

enum { DETAILS_MAX = 24, DIGITS_MAX = 24 };

const char *
spoken_noun(int lang, enum noun noun)
{
	static const char *const words[] = {
	    [NOUN_PERSON] = SAY("Person"),
	    [NOUN_UNIT] = SAY("Unit"),
	    [NOUN_NETWORK] = SAY("Network"),
	    [NOUN_PLAN] = SAY("Plan"),
	    [NOUN_RULE] = SAY("Rule"),
	    [NOUN_KEY] = SAY("Password"),
	    [NOUN_DEVICE] = SAY("Device"),
	    [NOUN_AP] = SAY("Access point"),
	    [NOUN_VISIT] = SAY("Visit"),
	    [NOUN_PASS] = SAY("Guest pass"),
	    [NOUN_SESSION] = SAY("Sign-in"),
	    [NOUN_TOKEN] = SAY("Token"),
	    [NOUN_GROUP] = SAY("Group"),
	    [NOUN_WEBHOOK] = SAY("Webhook"),
	    [NOUN_OUTBOX] = SAY("Message"),
	    [NOUN_ROTATION] = SAY("Renewal"),
	    [NOUN_STORE] = SAY("Store"),
	};

	return tpl_said(lang, words[noun]);
}

static const char *
role(int lang, enum role r)
{
	static const char *const words[] = {
	    [ROLE_PERSON] = SAY("Person"),
	    [ROLE_SPONSOR] = SAY("Sponsor"),
	    [ROLE_DESK] = SAY("Front desk"),
	    [ROLE_OPERATOR] = SAY("Operator"),
	    [ROLE_AUDITOR] = SAY("Auditor"),
	    [ROLE_ADMIN] = SAY("Administrator"),
	};

	return tpl_said(lang, words[r]);
}

const char *
spoken_roles(struct arena *a, int lang, int roles)
{
	OWN(buf) struct buf b = BUF(400);
	const char *text;

	for (int r = ROLE_SPONSOR; r <= ROLE_ADMIN; r++)
		if (roles & 1 << r)
			buf_printf(&b, "%s%s", b.len ? ", " : "",
			    role(lang, (enum role)r));
	text = arena_text(a, buf_str(&b));
	return text ? text : "";
}

/* One word may stand for different things: "none", "date", "unit". */
static const struct {
	const char *member, *word, *words;
} terms[] = {
    {"", "yes", SAY("yes")},
    {"", "no", SAY("no")},
    {"state", "active", SAY("active")},
    {"state", "suspended", SAY("suspended")},
    {"state", "ended", SAY("ended")},
    {"state", "revoked", SAY("revoked")},
    {"state", "asked", SAY("waits for a yes")},
    {"state", "open", SAY("open")},
    {"state", "used", SAY("used up")},
    {"state", "over", SAY("over")},
    {"state", "paused", SAY("paused")},
    {"state", "done", SAY("finished")},
    {"state", "stopped", SAY("stopped")},
    {"kind", "personal", SAY("of a person")},
    {"kind", "thing", SAY("of a thing")},
    {"kind", "unit", SAY("of a unit")},
    {"kind", "guest", SAY("of a guest")},
    {"kind", "mail", SAY("Mail")},
    {"kind", "sms", SAY("Text message")},
    {"kind", "notice", SAY("Letter")},
    {"kind", "webhook", SAY("Webhook")},
    {"security", "wpa2", SAY("WPA2")},
    {"security", "wpa2-wpa3", SAY("WPA2 and WPA3")},
    {"security", "wpa3", SAY("WPA3")},
    {"lifetime", "none", SAY("without an end")},
    {"lifetime", "date", SAY("until a date")},
    {"lifetime", "days", SAY("so many days after it was issued")},
    {"lifetime", "end-of-day", SAY("until the end of the day")},
    {"lifetime", "rolling", SAY("so many days after it was last used")},
    {"lifetime", "departure", SAY("until the departure")},
    {"things", "", SAY("as fits the lifetime")},
    {"things", "plan", SAY("like all others")},
    {"things", "never", SAY("never by themselves")},
    {"style", "groups", SAY("groups of letters and digits")},
    {"style", "words", SAY("words")},
    {"binding", "unbound", SAY("any device")},
    {"binding", "first-use", SAY("the devices that use it first")},
    {"binding", "registered", SAY("registered devices only")},
    {"cap_rule", "oldest-idle", SAY("the one idle longest gives way")},
    {"cap_rule", "refuse", SAY("the new one is refused")},
    {"ma", "require", SAY("required")},
    {"ma", "auto", SAY("required once it was seen")},
    {"ma", "allow", SAY("may be missing")},
    {"by", "screen", SAY("on a page")},
    {"by", "print", SAY("printed")},
    {"by", "mail", SAY("by mail")},
    {"by", "export", SAY("in an export")},
    {"secret", "set", SAY("changed")},
};

const char *
spoken_term(int lang, const char *member, const char *word)
{
	for (size_t i = 0; i < sizeof(terms) / sizeof(*terms); i++)
		if (strcmp(terms[i].word, word) == 0 &&
		    (!*terms[i].member || strcmp(terms[i].member, member) == 0))
			return tpl_said(lang, terms[i].words);
	return NULL;
}

/* --- who -------------------------------------------------------------------
 */

/* The end of NAME in "name:id@address": REST is what follows the id. */
static const char *
name_end(const char *name, const char **rest)
{
	char id[UID_LEN + 1];
	struct uid parsed;

	for (const char *p = strchr(name, ':'); p; p = strchr(p + 1, ':')) {
		text_copy(id, sizeof(id), p + 1);
		*rest = uid_parse(id, &parsed) ? p + 1 + UID_LEN : p + 1;
		if (**rest == '@' || **rest == '\0')
			return p;
	}
	return NULL;
}

enum err
spoken_actor(
    struct arena *a, int lang, const char *actor, struct spoken_actor *out)
{
	static const struct {
		const char *kind, *words;
	} kinds[] = {{"system", SAY("This server")},
	    {"cli", SAY("Command line")}, {"person", ""},
	    {"token", SAY("Token")}, {"guest", SAY("Guest")}};
	const char *name = strchr(actor, ':'), *end, *rest = "";

	*out = (struct spoken_actor){"", actor, ""};
	if (name == NULL || (end = name_end(name + 1, &rest)) == NULL)
		return ERR_OK;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strncmp(kinds[i].kind, actor, (size_t)(name - actor)) == 0)
			out->said = *kinds[i].words
					? tpl_said(lang, kinds[i].words)
					: "";
	out->name = strncmp(actor, "system:", 7) == 0
			? ""
			: arena_copy(a, name + 1, (size_t)(end - name - 1));
	out->from = *rest == '@' ? rest + 1 : "";
	return out->name ? ERR_OK : ERR_NO_MEMORY;
}

/* --- details ---------------------------------------------------------------
 */

static const struct {
	const char *key, *label;
	bool time;
} labels[] = {
    {"act", SAY("How"), false},
    {"address", SAY("Address"), false},
    {"at", SAY("From"), true},
    {"broken", SAY("Unreadable"), false},
    {"by", SAY("How"), false},
    {"carried", SAY("Carried over"), false},
    {"count", SAY("Number"), false},
    {"departure", SAY("Departure"), true},
    {"desk", SAY("Front desk for guests of"), false},
    {"detail", SAY("Details"), false},
    {"ended", SAY("Number"), false},
    {"events", SAY("Events"), false},
    {"expires", SAY("Until"), true},
    {"file", SAY("File"), false},
    {"first", SAY("The first"), false},
    {"form", SAY("As"), false},
    {"from", SAY("Before"), true},
    {"group", SAY("Group"), false},
    {"hash", SAY("Check sum"), false},
    {"host", SAY("Host"), false},
    {"hours", SAY("Hours"), false},
    {"issuer", SAY("Signs in at"), false},
    {"key", SAY("Password"), false},
    {"keys", SAY("Passwords"), false},
    {"language", SAY("Language"), false},
    {"last_sign_in", SAY("Last sign-in"), true},
    {"left", SAY("Left"), false},
    {"left_out", SAY("Left out"), false},
    {"mac", SAY("Device"), false},
    {"manager", SAY("May manage it"), false},
    {"name", SAY("Name"), false},
    {"network", SAY("Network"), false},
    {"new", SAY("New"), false},
    {"not_after", SAY("Until"), true},
    {"of", SAY("Of"), false},
    {"overlap", SAY("Overlap in seconds"), false},
    {"own", SAY("Number"), false},
    {"passwords", SAY("Passwords"), false},
    {"per_hour", SAY("Per hour"), false},
    {"person", SAY("Person"), false},
    {"plan", SAY("Plan"), false},
    {"provider", SAY("Sign-in service"), false},
    {"reason", SAY("Reason"), false},
    {"roles", SAY("Roles"), false},
    {"roles_before", SAY("Roles before"), false},
    {"rows", SAY("Rows"), false},
    {"scopes", SAY("Scopes"), false},
    {"sealed", SAY("Sealed again"), false},
    {"seconds", SAY("Works for seconds"), false},
    {"secret", SAY("Shared secret"), false},
    {"size", SAY("Number"), false},
    {"squares", SAY("Printed as squares"), false},
    {"state", SAY("State"), false},
    {"terms", SAY("Version of the terms"), false},
    {"tls", SAY("Over TLS"), false},
    {"to", SAY("After"), true},
    {"unit", SAY("Unit"), false},
    {"until", SAY("Until"), true},
    {"upto", SAY("Up to entry"), false},
    {"url", SAY("Address"), false},
    {"uses", SAY("Guests per code"), false},
    {"vlan", SAY("VLAN"), false},
    {"voucher", SAY("Guest pass"), false},
};

static void
number(
    struct page *p, const char *key, bool time, int64_t n, struct tpl_cell *out)
{
	int lang = p->view.lang;

	if (time && n > 0)
		out->at = n;
	else if (time)
		out->said = tpl_said(lang, SAY("no end"));
	else if (strncmp(key, "roles", 5) == 0)
		out->said = n >> ROLE_SPONSOR
				? spoken_roles(p->arena, lang, (int)n)
				: tpl_said(lang, SAY("none"));
	else if (strcmp(key, "manager") == 0)
		out->said = spoken_term(lang, "", n ? "yes" : "no");
	else
		out->text = arena_printf(p->arena, "%lld", (long long)n);
}

/* States are told as from and to, too; a name may be such a word as well, and
 * then it is said like one. */
static void
text(struct page *p, const char *key, const char *value, struct tpl_cell *out)
{
	bool state = strcmp(key, "from") == 0 || strcmp(key, "to") == 0;
	const char *said =
	    spoken_term(p->view.lang, state ? "state" : key, value);

	if (said == NULL && strcmp(key, "reason") == 0)
		said = tpl_said(p->view.lang, value);
	if (said != NULL && said != value)
		out->said = said;
	else
		out->text = arena_text(p->arena, value);
}

static void
member(struct page *p, const char *key, const json_t *v, struct tpl_cell *out)
{
	bool time = false;

	*out = (struct tpl_cell){.text = "", .said = ""};
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (strcmp(labels[i].key, key) == 0) {
			out->label = tpl_said(p->view.lang, labels[i].label);
			time = labels[i].time;
		}
	if (out->label == NULL)
		out->label = arena_text(p->arena, key);
	if (json_is_integer(v))
		number(p, key, time, json_integer_value(v), out);
	else if (json_is_string(v))
		text(p, key, json_string_value(v), out);
	else {
		char *dumped = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

		out->text = arena_text(p->arena, dumped ? dumped : "");
		free(dumped);
	}
}

enum err
spoken_detail(
    struct page *p, const char *detail, const struct tpl_cell **out, size_t *n)
{
	json_t *root = json_loads(detail ? detail : "{}", 0, NULL), *v;
	struct tpl_cell *cells =
	    arena_array(p->arena, DETAILS_MAX, sizeof(*cells));
	const char *key;

	*n = 0;
	if (cells != NULL)
		json_object_foreach(root, key, v) if (*n < DETAILS_MAX)
		    member(p, key, v, &cells[(*n)++]);
	json_decref(root);
	*out = cells;
	return cells ? ERR_OK : ERR_NO_MEMORY;
}
