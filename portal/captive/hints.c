#include "portal/captive/hints.h"

#include <string.h>

#include "core/base/text.h"

static const struct maker {
	const char *word, *mark, *station, *ssid;
} makers[] = {
#define MAKER(word, mark, station, ssid) {word, mark, station, ssid},
#include "portal/captive/hints.def"
#undef MAKER
};

/* What can be shown in one line and may be a network's name (octets). */
static bool
is_ssid(const char *t)
{
	size_t n = strlen(t);

	if (n == 0 || n >= HINTS_SSID)
		return false;
	for (; *t != '\0'; t++)
		if ((unsigned char)*t < ' ' || *t == 0x7f)
			return false;
	return true;
}

static bool
reads(const struct maker *m, const struct form *q, struct hints *out)
{
	const char *mac = form_get(q, m->station), *ssid;

	if (form_get(q, m->mark) == NULL || mac == NULL ||
	    !mac_parse(mac, strlen(mac), &out->station, NULL))
		return false;
	out->maker = m->word;
	ssid = m->ssid[0] == '\0' ? NULL : form_get(q, m->ssid);
	if (ssid != NULL && is_ssid(ssid))
		text_copy(out->ssid, sizeof(out->ssid), ssid);
	return true;
}

void
hints_read(const struct form *query, struct hints *out)
{
	*out = (struct hints){.maker = ""};
	for (size_t i = 0; i < sizeof(makers) / sizeof(*makers); i++)
		if (reads(&makers[i], query, out))
			return;
	out->station = (struct mac){0};
}
