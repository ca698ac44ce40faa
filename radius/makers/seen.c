#include "radius/makers/seen.h"

#include <string.h>

#include "core/base/buf.h"

enum { TLV_HEADER = 2, EAPOL_MIN = 99 };

static bool
take_mac(struct mac *out, bool *has, struct slice v)
{
	if (v.len != sizeof(out->b))
		return false;
	if (!*has)
		memcpy(out->b, v.p, v.len);
	*has = true;
	return true;
}

static bool
take_eapol(struct ask *a, struct slice v)
{
	if (v.len < EAPOL_MIN || v.len > ASK_EAPOL_MAX)
		return false;
	if (a->eapol_len == 0) {
		memcpy(a->eapol, v.p, v.len);
		a->eapol_len = v.len;
	}
	return true;
}

static bool
take_ssid(struct ask *a, struct slice v)
{
	if (v.len > sizeof(a->ssid))
		return false;
	if (a->ssid_len == 0 && v.len > 0) {
		memcpy(a->ssid, v.p, v.len);
		a->ssid_len = v.len;
	}
	return true;
}

static bool
take_anonce(struct ask *a, struct slice v)
{
	if (v.len != sizeof(a->anonce))
		return false;
	if (!a->handshake)
		memcpy(a->anonce, v.p, v.len);
	a->handshake = true;
	return true;
}

static bool
take_akm(struct ask *a, struct slice v)
{
	struct reader r = reader_of(v.p, v.len);
	uint32_t akm = reader_be32(&r);

	if (v.len != 4)
		return false;
	if (a->akm == 0)
		a->akm = akm;
	return true;
}

bool
seen_take(struct ask *ask, enum seen_part part, struct slice v)
{
	switch (part) {
	case SEEN_AKM:
		return take_akm(ask, v);
	case SEEN_ANONCE:
		return take_anonce(ask, v);
	case SEEN_EAPOL:
		return take_eapol(ask, v);
	case SEEN_SSID:
		return take_ssid(ask, v);
	case SEEN_BSSID:
	case SEEN_OTHER_BSSID:
		return take_mac(&ask->bssid, &ask->has_bssid, v);
	case SEEN_STATION:
		return take_mac(&ask->station, &ask->has_station, v);
	case SEEN_END:
		break;
	}
	return false;
}

/* The value of the first triple of TYPE in octets that add up. */
static bool
find(struct slice v, uint8_t type, struct slice *out)
{
	for (size_t at = 0; at < v.len; at += v.p[at + 1])
		if (v.p[at] == type) {
			*out = (struct slice){v.p + at + TLV_HEADER,
			    (size_t)v.p[at + 1] - TLV_HEADER};
			return true;
		}
	return false;
}

static bool
adds_up(struct slice v)
{
	for (size_t at = 0; at < v.len; at += v.p[at + 1])
		if (v.len - at < TLV_HEADER || v.p[at + 1] < TLV_HEADER ||
		    v.p[at + 1] > v.len - at)
			return false;
	return true;
}

/* What the triples say counts more than the standard attributes: it is what
 * the radio used. */
static void
overrule(const struct ask *from, struct ask *to)
{
	if (from->has_bssid) {
		to->bssid = from->bssid;
		to->has_bssid = true;
	}
	if (from->has_station && !to->has_station) {
		to->station = from->station;
		to->has_station = true;
	}
	if (from->ssid_len > 0) {
		memcpy(to->ssid, from->ssid, sizeof(to->ssid));
		to->ssid_len = from->ssid_len;
	}
	if (from->akm != 0)
		to->akm = from->akm;
	memcpy(to->anonce, from->anonce, sizeof(to->anonce));
	memcpy(to->eapol, from->eapol, from->eapol_len);
	to->eapol_len = from->eapol_len;
	to->handshake = true;
}

bool
seen_tlv(struct slice v, const struct seen_row *rows, struct ask *ask)
{
	struct ask got = {0};
	struct slice one;

	if (!adds_up(v))
		return false;
	for (; rows->part != SEEN_END; rows++)
		if (find(v, rows->type, &one) &&
		    !seen_take(&got, rows->part, one))
			return false;
	if (!got.handshake || got.eapol_len == 0)
		return false;
	overrule(&got, ask);
	return true;
}
