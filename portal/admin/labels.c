/* What explains the members of networks, plans, rules, access points and units
 * in their forms; what they are called is in portal/web/label.c. Their help
 * stands in core/model/fields.c, which the command line and the API show, too;
 * it is said again here to be translated, and a test holds the two together. */
#include <string.h>

#include "core/base/say.h"
#include "portal/admin/editor.h"
#include "portal/web/tpl.h"

/* Before which member of a long form something else begins. */
static const struct {
	const char *word, *first, *title;
} groups[] = {
    {"networks", "notices", SAY("Letters to people")},
    {"plans", "vlan", SAY("What access points are told")},
    {"plans", "devices", SAY("How many devices")},
    {"plans", "lifetime", SAY("How long a password works")},
    {"plans", "style", SAY("How passwords look, and who uses them")},
    {"plans", "schedule", SAY("When and where a password works")},
    {"plans", "quota", SAY("How much data")},
    {"plans", "self_service", SAY("Who gets it")},
};

const char *const editor_helps[] = {SAY("the Wi-Fi name, 1 to 32 octets"),
    SAY("what people read; the SSID by default"),
    SAY("how stations prove a key"), SAY("the name is not broadcast"),
    SAY("IANA name, for days and schedules"),
    SAY("letters to people: 7,3,1 days before the end, made, rotated; or none"),
    SAY("no letters in these hours, as 22:00-07:00"), SAY("what people read"),
    SAY("the network it belongs to"), SAY("1 to 4094; 0 sends none"),
    SAY("VLANs to take one from per person"),
    SAY("kbit/s to the device; 0 any"), SAY("kbit/s from the device; 0 any"),
    SAY("the access point's role name"), SAY("the access point's filter name"),
    SAY("at once per key; 0 any number"), SAY("at that number"),
    SAY("when keys end"), SAY("for days and rolling"), SAY("for date"),
    /* one text; NOLINTNEXTLINE(bugprone-suspicious-missing-comma) */
    SAY("when passwords of televisions, printers and the like end; with their "
	"owner in any case"),
    SAY("how passwords look"), SAY("groups or words; 0 default"),
    SAY("which devices may use it"), SAY("when it works; empty: always"),
    SAY("where it works; empty: all"), SAY("octets per period; 0 none"),
    SAY("day, week or month"), SAY("the plan after that"),
    SAY("people may take it"), SAY("lowest first"),
    SAY("which claim; groups by default"),
    SAY("the exact value; * for anybody"), SAY("the plan it gives"),
    SAY("the roles it gives, by commas"),
    SAY("its front desk sees guests of this plan only; empty: of all"),
    SAY("what you call it"),
    SAY("its address or range; over TLS it needs none"),
    SAY("its maker's way of asking"), SAY("for plans that name places"),
    SAY("whether its requests must be signed so"),
    SAY("host:port for disconnects"),
    SAY("over TLS: psk, sha256:HASH or its certificate's name"),
    SAY("what people call it"), SAY("the unit it is part of"),
    SAY("of its own; 0: that of the plan"), NULL};

const char editor_secret_help[] =
    SAY("at least 16 characters, the same as in the access point");
const char editor_secret_kept[] =
    SAY("at least 16 characters, the same as in the access point; empty keeps "
	"the present one");

const char *
editor_group(int lang, const char *word, const char *first)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		if (strcmp(groups[i].word, word) == 0 &&
		    strcmp(groups[i].first, first) == 0)
			return tpl_said(lang, groups[i].title);
	return NULL;
}
