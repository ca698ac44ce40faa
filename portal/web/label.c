#include "portal/web/label.h"

#include <string.h>

#include "core/base/say.h"
#include "portal/web/tpl.h"

enum how { CHOSEN, TYPED };

static const struct label {
	const char *page; /* of which handler; "": of any */
	const char *name, *words;
	enum how how;
} labels[] = {
    {"", "acl", SAY("Filter at the access point"), TYPED},
    {"", "address", SAY("Address"), TYPED},
    {"", "ap_groups", SAY("Places"), TYPED},
    {"", "arrival", SAY("Arrival"), TYPED},
    {"", "binding", SAY("Bound to devices"), CHOSEN},
    {"", "cap_rule", SAY("When there are too many"), CHOSEN},
    {"", "claim", SAY("Claim"), TYPED},
    {"", "claims", SAY("A JSON object, as an ID token has it"), TYPED},
    {"", "coa_address", SAY("Address for disconnects"), TYPED},
    {"", "count", SAY("How many, at most 5,000"), TYPED},
    {"", "departure", SAY("Departure"), TYPED},
    {"", "desk", SAY("Front desk for guests of"), CHOSEN},
    {"", "devices", SAY("Devices at once"), TYPED},
    {"", "devices_max", SAY("Devices at a time"), TYPED},
    {"", "dialect", SAY("Maker's dialect"), CHOSEN},
    {"", "ends", SAY("Works until the end of"), TYPED},
    {"", "events", SAY("What it is told"), TYPED},
    {"", "first", SAY("First number"), TYPED},
    {"", "group", SAY("Group of places"), TYPED},
    {"", "hidden", SAY("Hidden name"), CHOSEN},
    {"", "host", SAY("Mail address of the person you visit"), TYPED},
    {"", "lifetime", SAY("Lifetime"), CHOSEN},
    {"", "lifetime_at", SAY("Lifetime until"), TYPED},
    {"", "lifetime_days", SAY("Lifetime in days"), TYPED},
    {"", "ma", SAY("Message-Authenticator"), CHOSEN},
    {"", "mac", SAY("Wi-Fi address (MAC)"), TYPED},
    {"", "mail", SAY("Mail (optional)"), TYPED},
    {"", "name", SAY("Name"), TYPED},
    {"", "network", SAY("Network"), CHOSEN},
    {"", "notices", SAY("Letters to people"), TYPED},
    {"", "overlap", SAY("Hours during which the old one works, too"), TYPED},
    {"", "parent", SAY("Part of"), CHOSEN},
    {"", "per_hour", SAY("Passwords an hour"), TYPED},
    {"", "person", SAY("Person"), TYPED},
    {"", "phone", SAY("Your telephone number"), TYPED},
    {"", "place", SAY("Where it stands"), TYPED},
    {"", "plan", SAY("Plan"), CHOSEN},
    {"", "pool", SAY("VLAN pool"), TYPED},
    {"", "prefix", SAY("Name of the group"), TYPED},
    {"", "priority", SAY("Priority"), TYPED},
    {"", "quiet", SAY("Quiet hours"), TYPED},
    {"", "quota", SAY("Data allowance"), TYPED},
    {"", "quota_period", SAY("Period of the allowance"), TYPED},
    {"", "quota_plan", SAY("Plan after the allowance"), CHOSEN},
    {"", "rate_down", SAY("Speed to the device"), TYPED},
    {"", "rate_up", SAY("Speed from the device"), TYPED},
    {"", "reason", SAY("Reason"), TYPED},
    {"", "role", SAY("Role at the access point"), TYPED},
    {"", "roles", SAY("Roles"), TYPED},
    {"", "room", SAY("Room or host"), TYPED},
    {"", "schedule", SAY("Hours"), TYPED},
    {"", "scopes", SAY("Scopes"), TYPED},
    {"", "secret", SAY("Shared secret"), CHOSEN},
    {"", "security", SAY("Security"), CHOSEN},
    {"", "self_service", SAY("Self-service"), CHOSEN},
    {"", "sheet_note", SAY("Further text"), TYPED},
    {"", "sheet_once", SAY("A page printed once"), TYPED},
    {"", "sheet_title", SAY("Heading"), TYPED},
    {"", "ssid", SAY("Wi-Fi name (SSID)"), TYPED},
    {"", "state", SAY("State"), CHOSEN},
    {"", "style", SAY("Look of passwords"), CHOSEN},
    {"", "style_count", SAY("Length of passwords"), TYPED},
    {"", "text", SAY("Or pasted text"), TYPED},
    {"", "things", SAY("Passwords of things end"), CHOSEN},
    {"", "time_zone", SAY("Time zone"), TYPED},
    {"", "title", SAY("Name of the group"), TYPED},
    {"", "tls", SAY("Over TLS"), TYPED},
    {"", "url", SAY("Where it listens"), TYPED},
    {"", "uses", SAY("Guests per code"), TYPED},
    {"", "value", SAY("Value"), TYPED},
    {"", "vlan", SAY("VLAN"), TYPED},
    /* the same name, and something else */
    {"admin_person_state", "from", SAY("From the beginning of"), TYPED},
    {"admin_rotation_start", "group", SAY("Group of the sign-in"), TYPED},
    {"admin_rotation_start", "hours", SAY("Only in these hours"), TYPED},
    {"admin_token_add", "days", SAY("Ends after days"), TYPED},
};

/* What the page calls it, rather than what all do. */
static const struct label *
find(const char *page, const char *name)
{
	const struct label *any = NULL;

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		if (strcmp(labels[i].name, name) != 0)
			continue;
		if (strcmp(labels[i].page, page) == 0)
			return &labels[i];
		if (labels[i].page[0] == '\0')
			any = &labels[i];
	}
	return any;
}

const char *
label_of(int lang, const char *name)
{
	const struct label *l = find("", name);

	return l == NULL ? NULL : tpl_said(lang, l->words);
}

const char *
label_typed(int lang, const char *page, const char *name)
{
	const struct label *l = find(page, name);

	return l == NULL || l->how != TYPED ? NULL : tpl_said(lang, l->words);
}
