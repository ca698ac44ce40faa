#include <string.h>

#include "core/base/text.h"
#include "core/model/mint.h"
#include "core/model/notice.h"
#include "core/model/noun_parts.h"
#include "core/model/schedule.h"
#include "core/model/zone.h"

enum {
	RATE_MAX = 100000000, /* kbit/s */
	DAYS_MAX = 3650,
	PRIORITY_MAX = 1000000000,
	COUNT_OF_NAMES_MAX = 64
};

bool
noun_name_ok(const char *t, size_t size)
{
	char copy[512];

	if (strnlen(t, size) >= size || size > sizeof(copy))
		return false;
	text_copy(copy, sizeof(copy), t);
	return text_name(copy, size - 1) && strcmp(copy, t) == 0;
}

bool
noun_printable(const char *t, size_t size)
{
	if (strnlen(t, size) >= size || !text_utf8_ok(t, strlen(t)))
		return false;
	for (; *t != '\0'; t++)
		if ((unsigned char)*t < 0x20 || *t == 0x7f)
			return false;
	return true;
}

/* A word for an access point: printable ASCII. */
static bool
word_ok(const char *t, size_t size)
{
	if (strnlen(t, size) >= size)
		return false;
	for (; *t != '\0'; t++)
		if (*t < 0x20 || *t > 0x7e)
			return false;
	return true;
}

enum err
network_check(const struct network *n, struct why *w)
{
	const struct zone *z;
	struct notice_rule notices;
	struct quiet quiet;
	enum err e;

	if (n->ssid[0] == '\0' || !noun_printable(n->ssid, sizeof(n->ssid)))
		return BAD(w, "ssid",
		    "The Wi-Fi name needs 1 to %d octets of printable text.",
		    SSID_MAX);
	if (n->name[0] != '\0' && !noun_name_ok(n->name, sizeof(n->name)))
		return BAD(
		    w, "name", "The name is too long or not plain text.");
	e = strnlen(n->time_zone, sizeof(n->time_zone)) < sizeof(n->time_zone)
		? zone_get(n->time_zone, &z)
		: ERR_BAD_INPUT;
	if (e == ERR_NO_MEMORY)
		return e;
	if (e)
		return BAD(w, "time_zone",
		    "This time zone is not known; write it like "
		    "Europe/Berlin.");
	if (!notice_rule_parse(n->notices, &notices))
		return BAD(w, "notices",
		    "Write days before the end, made, rotated, with commas "
		    "between; or none.");
	if (!quiet_parse(n->quiet, &quiet))
		return BAD(w, "quiet",
		    "Write the hours without letters like 22:00-07:00.");
	return ERR_OK;
}

static bool
vlan_number(const char **t, int *out)
{
	int n = 0;

	for (; **t >= '0' && **t <= '9' && n <= VLAN_MAX; (*t)++)
		n = n * 10 + (**t - '0');
	*out = n;
	return n >= VLAN_MIN && n <= VLAN_MAX;
}

/* 100-199,210 */
static bool
pool_ok(const char *t)
{
	int first, last;

	if (*t == '\0')
		return true;
	for (;; t++) {
		if (!vlan_number(&t, &first))
			return false;
		last = first;
		if (*t == '-' && (t++, !vlan_number(&t, &last)))
			return false;
		if (last < first || (*t != ',' && *t != '\0'))
			return false;
		if (*t == '\0')
			return true;
	}
}

/* names joined by commas, none of them empty or with spaces at its ends */
static bool
list_ok(const char *t, size_t size)
{
	if (!noun_printable(t, size))
		return false;
	for (int i = 0; *t != '\0'; i++) {
		size_t n = strcspn(t, ",");

		if (n == 0 || n > ROLE_NAME_MAX || t[0] == ' ' ||
		    t[n - 1] == ' ' || i == COUNT_OF_NAMES_MAX ||
		    (t[n] == ',' && t[n + 1] == '\0'))
			return false;
		t += n + (t[n] == ',');
	}
	return true;
}

/* What the access point is told. */
static enum err
plan_net(const struct plan *p, struct why *w)
{
	if (p->vlan < 0 || p->vlan > VLAN_MAX)
		return BAD(w, "vlan",
		    "A VLAN is a number from %d to %d; 0 sends none.", VLAN_MIN,
		    VLAN_MAX);
	if (strnlen(p->pool, sizeof(p->pool)) >= sizeof(p->pool) ||
	    !pool_ok(p->pool))
		return BAD(w, "pool",
		    "A VLAN pool is written like 100-199,210, each from %d to "
		    "%d.",
		    VLAN_MIN, VLAN_MAX);
	if (p->vlan != 0 && p->pool[0] != '\0')
		return BAD(w, "pool", "Give a VLAN or a VLAN pool, not both.");
	if (p->rate_down < 0 || p->rate_down > RATE_MAX)
		return BAD(
		    w, "rate_down", "A speed is 0 to %d kbit/s.", RATE_MAX);
	if (p->rate_up < 0 || p->rate_up > RATE_MAX)
		return BAD(
		    w, "rate_up", "A speed is 0 to %d kbit/s.", RATE_MAX);
	if (!word_ok(p->role, sizeof(p->role)))
		return BAD(w, "role", "A role has at most %d ASCII characters.",
		    ROLE_NAME_MAX);
	if (!word_ok(p->acl, sizeof(p->acl)))
		return BAD(w, "acl",
		    "A filter has at most %d ASCII characters.", ROLE_NAME_MAX);
	return ERR_OK;
}

/* When and where it works, and for how much. */
static enum err
plan_bounds(const struct plan *p, struct why *w)
{
	bool days =
	    p->lifetime == LIFETIME_DAYS || p->lifetime == LIFETIME_ROLLING;
	struct schedule s;
	enum err e;

	if (days && (p->lifetime_days < 1 || p->lifetime_days > DAYS_MAX))
		return BAD(w, "lifetime_days",
		    "This lifetime needs 1 to %d days.", DAYS_MAX);
	if (p->lifetime == LIFETIME_DATE && p->lifetime_at <= 0)
		return BAD(w, "lifetime_at", "This lifetime needs a date.");
	if (strnlen(p->schedule, sizeof(p->schedule)) >= sizeof(p->schedule))
		return BAD(w, "schedule", "The schedule is too long.");
	if ((e = schedule_parse(p->schedule, &s, w)))
		return e;
	if (!list_ok(p->ap_groups, sizeof(p->ap_groups)))
		return BAD(w, "ap_groups",
		    "Write groups of access points joined by commas.");
	if (p->quota < 0)
		return BAD(w, "quota", "A quota cannot be negative.");
	if ((p->quota != 0 || p->quota_period[0] != '\0') &&
	    strcmp(p->quota_period, "day") != 0 &&
	    strcmp(p->quota_period, "week") != 0 &&
	    strcmp(p->quota_period, "month") != 0)
		return BAD(w, "quota_period",
		    "A quota is per day, week or "
		    "month.");
	if (p->quota != 0 && uid_is_none(&p->quota_plan))
		return BAD(w, "quota_plan",
		    "Choose the plan that follows when the quota is used up.");
	if (!uid_is_none(&p->quota_plan) &&
	    (p->quota == 0 || uid_same(&p->quota_plan, &p->id)))
		return BAD(w, "quota_plan",
		    "A plan for afterwards needs a quota, and cannot be this "
		    "plan.");
	return ERR_OK;
}

enum err
plan_check(const struct plan *p, struct why *w)
{
	struct mint_plan mint = {.style = p->style, .count = p->style_count};
	enum err e;

	if (!noun_name_ok(p->name, sizeof(p->name)))
		return BAD(w, "name",
		    "A plan needs a name of at most %d octets.", NAME_MAX_);
	if (uid_is_none(&p->network))
		return BAD(w, "network", "A plan belongs to a network.");
	if ((e = plan_net(p, w)))
		return e;
	if (p->devices < 0 || p->devices > DEVICES_MAX)
		return BAD(w, "devices",
		    "Devices at once are 1 to %d; 0 is any number.",
		    DEVICES_MAX);
	if (mint_bits(&mint) < MINT_BITS_MIN)
		return BAD(w, "style_count",
		    "Passwords have %d to %d groups or %d to %d words; 0 is "
		    "the default.",
		    MINT_GROUPS_MIN, MINT_GROUPS_MAX, MINT_WORDS_MIN,
		    MINT_WORDS_MAX);
	return plan_bounds(p, w);
}

enum err
rule_check(const struct rule *r, struct why *w)
{
	if (r->priority < 0 || r->priority > PRIORITY_MAX)
		return BAD(
		    w, "priority", "A priority is 0 to %d.", PRIORITY_MAX);
	if (r->claim[0] == '\0' || !noun_printable(r->claim, sizeof(r->claim)))
		return BAD(w, "claim",
		    "A rule needs the name of a claim, such as groups.");
	if (r->value[0] == '\0' || !noun_printable(r->value, sizeof(r->value)))
		return BAD(w, "value",
		    "A rule needs the value to match; * matches anybody.");
	if (r->roles < 0 || r->roles >= 1 << (ROLE_ADMIN + 1))
		return BAD(w, "roles", "There is no such role.");
	if (uid_is_none(&r->plan) && r->roles == 0)
		return BAD(w, "plan", "A rule gives a plan, a role, or both.");
	if (!uid_is_none(&r->desk) && (r->roles & 1 << ROLE_DESK) == 0)
		return BAD(w, "desk",
		    "Only a rule that makes a front desk says whose "
		    "guests.");
	return ERR_OK;
}

void
network_defaults(struct network *n)
{
	*n = (struct network){.security = SECURITY_WPA2, .time_zone = "UTC"};
}

void
plan_defaults(struct plan *p)
{
	*p = (struct plan){.devices = 5,
	    .lifetime = LIFETIME_DAYS,
	    .lifetime_days = 365,
	    .things = THINGS_USUAL,
	    .cap_rule = CAP_OLDEST_IDLE,
	    .style = STYLE_GROUPS,
	    .binding = BINDING_UNBOUND,
	    .self_service = true};
}

void
plan_settle(struct plan *p)
{
	bool days =
	    p->lifetime == LIFETIME_DAYS || p->lifetime == LIFETIME_ROLLING;
	bool stays = p->lifetime == LIFETIME_NONE ||
		     (days && p->lifetime_days >= THINGS_DAYS);

	if (p->things == THINGS_USUAL)
		p->things = stays ? THINGS_NEVER : THINGS_PLAN;
}

void
rule_defaults(struct rule *r)
{
	*r = (struct rule){.priority = 100, .claim = "groups"};
}

void
ap_defaults(struct access_point *a)
{
	*a = (struct access_point){.dialect = "generic", .ma = MA_REQUIRE};
}

void
person_defaults(struct person *p, int64_t now)
{
	*p = (struct person){.id = uid_new(),
	    .roles = 1 << ROLE_PERSON,
	    .groups_known = true,
	    .state = PERSON_ACTIVE,
	    .state_since = now,
	    .created = now,
	    .version = 1};
}

enum key_standing
key_standing(const struct wifi_key *k, int64_t now)
{
	switch (k->state) {
	case KEY_REVOKED:
		return KEY_IS_REVOKED;
	case KEY_SUSPENDED:
		return KEY_IS_SUSPENDED;
	case KEY_ACTIVE:
		break;
	}
	if (k->not_after != 0 && now >= k->not_after)
		return KEY_IS_EXPIRED;
	return now < k->not_before ? KEY_IS_SCHEDULED : KEY_IS_ACTIVE;
}

int
key_devices(const struct wifi_key *k, const struct plan *p)
{
	return k->devices_max != 0 ? k->devices_max : p->devices;
}

int64_t
plan_end(const struct plan *p, const char *zone, int64_t now, int64_t departure)
{
	const struct zone *z;
	int64_t end = 0;

	if (zone_get(zone, &z) != ERR_OK)
		z = NULL; /* network_check() knew it; UTC if it is gone */
	switch (p->lifetime) {
	case LIFETIME_NONE:
		break;
	case LIFETIME_DATE:
		end = p->lifetime_at;
		break;
	case LIFETIME_DAYS:
	case LIFETIME_ROLLING:
		end = now + (int64_t)p->lifetime_days * 86400;
		break;
	case LIFETIME_END_OF_DAY:
		end = zone_day_end(z, now);
		break;
	case LIFETIME_DEPARTURE:
		end = departure != 0 ? departure : zone_day_end(z, now);
		break;
	}
	if (departure != 0 && (end == 0 || departure < end))
		end = departure;
	return end;
}

static bool
has_no_end(const struct plan *p, enum key_kind kind)
{
	return kind == KEY_THING && p->things == THINGS_NEVER;
}

int64_t
key_end(const struct plan *p, enum key_kind kind, const char *zone, int64_t now,
    int64_t departure)
{
	return has_no_end(p, kind) ? departure
				   : plan_end(p, zone, now, departure);
}

bool
key_renewable(const struct wifi_key *k, const struct plan *p, const char *zone,
    int64_t now, int64_t *until)
{
	*until = key_end(p, k->kind, zone, now, 0);
	if (k->not_after == 0 ||
	    (p->lifetime == LIFETIME_DEPARTURE && !has_no_end(p, k->kind)))
		return false;
	/* less than an hour more is no renewal */
	return *until == 0 || *until > k->not_after + 3600;
}
