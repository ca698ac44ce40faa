/*
 * seen.h - what a handshake in a request is made of
 *
 * The dialects differ in the envelope only. A reader fills a copy of the ask
 * through these and hands it over when it is whole, so that half a handshake
 * leaves no trace.
 */
#pragma once

#include "radius/makers/maker.h"

enum seen_part {
	SEEN_END, /* of a table of parts */
	SEEN_AKM,
	SEEN_ANONCE,
	SEEN_EAPOL,
	SEEN_SSID,
	SEEN_BSSID,
	SEEN_OTHER_BSSID, /* counts when there is no SEEN_BSSID */
	SEEN_STATION,
};

struct seen_row {
	uint8_t type;
	enum seen_part part;
};

/* Takes one part; false when it is malformed. A part given twice counts the
 * first time. */
bool seen_take(struct ask *ask, enum seen_part part, struct slice v);

/* A value of type-length-value triples (the length counts itself), by ROWS up
 * to SEEN_END; types not in ROWS are skipped. True when it adds up and holds
 * nonce and frame: ASK has them then. */
bool seen_tlv(struct slice v, const struct seen_row *rows, struct ask *ask);
