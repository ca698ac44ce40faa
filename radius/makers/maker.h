/*
 * maker.h - how access points ask, and what each maker wants back
 *
 * A dialect is one file of this folder, one row of makers.def, its lines in
 * dialect.h and its word in core/model/term.h. Dialects that
 * send a handshake are recognised from the packet; what goes back is the
 * access point's setting, "generic" being the safe default.
 */
#pragma once

#include "core/base/mac.h"
#include "core/base/secret.h"
#include "radius/wire/reply.h"

enum { ASK_EAPOL_MAX = 1024 };

/* What an Access-Request asks, whoever made it. */
struct ask {
	struct mac station;
	bool has_station;
	struct mac bssid;
	bool has_bssid;
	uint8_t ssid[32];
	size_t ssid_len; /* 0: not said */
	uint32_t akm;    /* WLAN-AKM-Suite as sent, 0: not said */
	bool handshake;  /* anonce and eapol are there */
	uint8_t anonce[32];
	size_t eapol_len;
	bool probe; /* the first of two requests (Omada): accept with nothing */
	const struct maker *form; /* the dialect of the handshake, or NULL */
	uint8_t eapol[ASK_EAPOL_MAX]; /* last: not cleared for each packet */
};

/* What an accepted device gets. Zero members are not sent. */
struct grant {
	const struct secret *passphrase; /* never NULL */
	const uint8_t *pmk;              /* 32 octets */
	int vlan;
	const char *role, *acl;
	int64_t rate_down, rate_up; /* kbit/s */
	int64_t session_timeout;    /* seconds */
	bool reauthenticate;        /* at the timeout, rather than drop */
	const char *user_name;      /* echoed in accounting */
	const char *cui;            /* RFC 4372; NULL: none */
	const char *class_;         /* RFC 2865 5.25; NULL: none */
};

struct maker {
	const char *word; /* "hostapd"; the setting of an access point */
	bool clear;       /* the key crosses the network in clear text */
	/* True when the request carries this maker's handshake, read into
	 * ASK; NULL: this dialect has none. */
	bool (*recognise)(const struct packet *p, struct ask *ask);
	/* Writes key and rights into an Access-Accept. */
	void (*accept)(
	    struct reply *r, const struct ask *ask, const struct grant *g);
	/* Further attributes of an Access-Reject, or NULL. */
	void (*reject)(struct reply *r, const struct ask *ask);
	/* Fills a Disconnect-Request for a session (RFC 5176 3). */
	struct disconnect_form {
		bool calling_station_id, acct_session_id, user_name,
		    nas_ip_address, nas_identifier, called_station_id,
		    user_mac; /* User-Name is the address, AA:BB:... */
		int port;     /* the usual one: 3799 or 1700 */
	} disconnect;
	int cache_seconds; /* answers it keeps per MAC; 0: none */
};

/* The table; ends at a row without a word. */
extern const struct maker makers[];

/* NULL when unknown. */
const struct maker *maker_find(const char *word);

/* The station only, as maker_ask() reads it. False when there is none. */
bool maker_station(const struct packet *p, struct mac *out);

/* Reads the request: station and network from the standard attributes, in every
 * form that makers write them, then a handshake of any dialect. BAD_INPUT when
 * no station address is in it. */
MUST_USE enum err maker_ask(const struct packet *p, struct ask *out);

/* The same; STATION, unless NULL, is what maker_station() said. */
MUST_USE enum err maker_ask_of(
    const struct packet *p, const struct mac *station, struct ask *out);
