#include "radius/makers/maker.h"

#include <string.h>

#include "radius/makers/dialect.h"

#define CALLING .calling_station_id = true,
#define CALLED .called_station_id = true,
#define SESSION .acct_session_id = true,
#define USER .user_name = true,
#define USERMAC .user_mac = true,
#define ADDRESS .nas_ip_address = true,
#define IDENTIFIER .nas_identifier = true,
#define MAKER(name, in_clear, reads, accepts, rejects, attrs, at, kept)        \
	{.word = (name),                                                       \
	    .clear = (in_clear),                                               \
	    .recognise = (reads),                                              \
	    .accept = (accepts),                                               \
	    .reject = (rejects),                                               \
	    .disconnect = {attrs.port = (at)},                                 \
	    .cache_seconds = (kept)},
const struct maker makers[] = {
#include "radius/makers/makers.def"
    {.word = NULL},
};
#undef MAKER

const struct maker *
maker_find(const char *word)
{
	for (const struct maker *m = makers; m->word != NULL; m++)
		if (strcmp(m->word, word) == 0)
			return m;
	return NULL;
}

bool
maker_station(const struct packet *p, struct mac *out)
{
	static const uint8_t where[] = {
	    ATTR_CALLING_STATION_ID, ATTR_USER_NAME};
	struct slice s;

	for (size_t i = 0; i < sizeof(where); i++)
		if (packet_get(p, where[i], &s) &&
		    mac_parse((const char *)s.p, s.len, out, NULL))
			return true;
	return false;
}

static void
set_ssid(struct ask *a, const uint8_t *p, size_t len)
{
	if (len == 0 || len > sizeof(a->ssid))
		return;
	memcpy(a->ssid, p, len);
	a->ssid_len = len;
}

/* An address, a separator and the network, which may hold separators itself;
 * or one of the two. */
static void
read_called(const struct packet *p, struct ask *a)
{
	struct slice s;
	size_t used;

	if (!packet_get(p, ATTR_CALLED_STATION_ID, &s))
		return;
	if (!mac_parse((const char *)s.p, s.len, &a->bssid, &used) ||
	    (used < s.len && memchr(":-.", s.p[used], 3) == NULL)) {
		set_ssid(a, s.p, s.len);
		return;
	}
	a->has_bssid = true;
	if (used < s.len)
		set_ssid(a, s.p + used + 1, s.len - used - 1);
}

/* Makers that name the network in an attribute of their own. */
static void
read_ssid(const struct packet *p, struct ask *a)
{
	static const char key[] = "cisco-wlan-ssid=";
	size_t i = 0, at = 0, skip = sizeof(key) - 1;
	struct slice s;

	if (packet_vendor(p, VENDOR_ARUBA, ARUBA_ESSID_NAME, &s) ||
	    packet_vendor(p, VENDOR_RUCKUS, RUCKUS_SSID, &s))
		set_ssid(a, s.p, s.len);
	while (packet_vendor_next(p, VENDOR_CISCO, CISCO_AVPAIR, &i, &at, &s))
		if (s.len > skip && memcmp(s.p, key, skip) == 0)
			set_ssid(a, s.p + skip, s.len - skip);
}

/* Omada asks twice when a key is not bound to a device; the first time looks
 * like plain MAC authentication. */
static bool
is_probe(const struct packet *p, const struct ask *a)
{
	static const char name[] = "TP-Link";
	struct slice s;

	return !a->handshake && packet_get(p, ATTR_NAS_IDENTIFIER, &s) &&
	       s.len >= sizeof(name) - 1 &&
	       memcmp(s.p, name, sizeof(name) - 1) == 0;
}

static void
recognise(const struct packet *p, struct ask *out)
{
	for (const struct maker *m = makers; m->word != NULL; m++)
		if (m->recognise != NULL && m->recognise(p, out)) {
			out->form = m;
			return;
		}
}

enum err
maker_ask(const struct packet *p, struct ask *out)
{
	return maker_ask_of(p, NULL, out);
}

enum err
maker_ask_of(const struct packet *p, const struct mac *station, struct ask *out)
{
	/* All but a frame that is not there. */
	memset(out, 0, offsetof(struct ask, eapol));
	out->has_station = station != NULL || maker_station(p, &out->station);
	if (station != NULL)
		out->station = *station;
	read_called(p, out);
	(void)packet_u32(p, ATTR_WLAN_AKM_SUITE, &out->akm);
	if (p->vendor) {
		read_ssid(p, out);
		recognise(p, out);
	}
	out->probe = is_probe(p, out);
	return out->has_station ? ERR_OK : ERR_BAD_INPUT;
}
