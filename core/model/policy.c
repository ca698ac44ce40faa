#include "core/model/policy.h"

#include <string.h>

static const struct {
	const char *word, *text;
} verdicts[] = {
#define VERDICT(name, word, text) {word, text},
#include "core/model/verdict.def"
#undef VERDICT
};

const char *
verdict_word(enum verdict v)
{
	return verdicts[v].word;
}

const char *
verdict_text(enum verdict v)
{
	return verdicts[v].text;
}

static enum verdict
person(const struct join *j)
{
	switch (j->person_state) {
	case PERSON_ACTIVE:
		return VERDICT_OK;
	case PERSON_SUSPENDED:
		return VERDICT_PERSON_SUSPENDED;
	case PERSON_ENDED:
		return VERDICT_PERSON_ENDED;
	}
	return VERDICT_PERSON_ENDED;
}

static enum verdict
key(const struct join *j)
{
	switch (j->key_state) {
	case KEY_ACTIVE:
		break;
	case KEY_SUSPENDED:
		return VERDICT_KEY_SUSPENDED;
	case KEY_REVOKED:
		return VERDICT_KEY_REVOKED;
	}
	if (j->not_after != 0 && j->now >= j->not_after)
		return VERDICT_KEY_EXPIRED;
	return j->now < j->not_before ? VERDICT_KEY_SCHEDULED : VERDICT_OK;
}

static bool
in_hours(const struct join *j)
{
	return j->schedule == NULL ||
	       schedule_allows(j->schedule, j->now, j->offset, j->zone);
}

enum verdict
policy_key(const struct join *j)
{
	enum verdict v;

	if ((v = key(j)) != VERDICT_OK || (v = person(j)) != VERDICT_OK)
		return v;
	return in_hours(j) ? VERDICT_OK : VERDICT_OUT_OF_HOURS;
}

bool
policy_in_groups(const char *list, const char *group)
{
	size_t len = strlen(group);

	if (list == NULL || *list == '\0')
		return true;
	for (const char *p = list; *p != '\0';) {
		size_t n = strcspn(p, ",");

		if (n == len && strncmp(p, group, n) == 0)
			return true;
		p += n + (p[n] == ',');
	}
	return false;
}

static enum verdict
device(const struct join *j)
{
	if (j->device_blocked)
		return VERDICT_DEVICE_BLOCKED;
	if (j->device_known)
		return VERDICT_OK;
	if (j->binding == BINDING_REGISTERED && !j->device_registered)
		return VERDICT_NOT_REGISTERED;
	if (j->binding == BINDING_FIRST_USE && j->devices_bound > 0)
		return VERDICT_OTHER_DEVICE;
	return VERDICT_OK;
}

/* At the cap the longest-idle device gives way: only devices that are on the
 * air now stand in the way. REFUSE counts every device ever bound. */
static enum verdict
cap(const struct join *j)
{
	int others;

	if (j->devices_max == 0 ||
	    (j->device_known && j->cap_rule == CAP_REFUSE))
		return VERDICT_OK;
	others = j->cap_rule == CAP_REFUSE ? j->devices_bound : 0;
	return others >= j->devices_max ? VERDICT_TOO_MANY_DEVICES : VERDICT_OK;
}

enum verdict
policy_decide(const struct join *j)
{
	enum verdict v;

	if ((v = policy_key(j)) != VERDICT_OK)
		return v;
	if (!policy_in_groups(j->ap_groups, j->ap_group ? j->ap_group : ""))
		return VERDICT_WRONG_PLACE;
	if ((v = device(j)) != VERDICT_OK)
		return v;
	return cap(j);
}

int64_t
policy_until(const struct join *j)
{
	int64_t edge = j->schedule == NULL ? 0
					   : schedule_edge(j->schedule, j->now,
						 j->offset, j->zone);

	if (edge == 0 || (j->not_after != 0 && j->not_after < edge))
		return j->not_after;
	return edge;
}
