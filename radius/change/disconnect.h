/*
 * disconnect.h - asking an access point to let a device go
 *
 * One Disconnect-Request (RFC 5176 2.1) from its making to its answer: the
 * packet is the same at every retransmission, Event-Timestamp included, and
 * comes from a socket of its own, connected, so that nobody else's answer is
 * heard.
 */
#pragma once

#include <sys/socket.h>

#include "core/base/mac.h"
#include "radius/makers/maker.h"

enum {
	DISCONNECT_PORT = 3799,
	DISCONNECT_PACKET_MAX = 1024,
	/* Sent at once, then after so many milliseconds, doubling. */
	DISCONNECT_FIRST_MS = 1000,
	DISCONNECT_SENDS = 4,
};

/* What names the session (RFC 5176 3); "" and NULL are not sent. */
struct disconnect_session {
	struct mac station;
	const char *acct_session_id, *user_name, *called_station_id;
	const char *nas_identifier;
	const struct in_addr *nas; /* NAS-IP-Address */
};

/* Writes the request into OUT; where FORM wants an Acct-Session-Id that S does
 * not have, the station's address takes its place. SHARED NULL: of RADIUS/1.1,
 * with a token of zeros (RFC 9765 4.1). Returns its octets, 0 when it does not
 * fit. */
size_t disconnect_write(const struct disconnect_form *form,
    const struct disconnect_session *s, const struct shared *shared, uint8_t id,
    int64_t now, uint8_t out[static DISCONNECT_PACKET_MAX]);

/* The answer to REQUEST: true when it is one and authentic. *ACK says which;
 * *CAUSE is Error-Cause (3.6), 0 when there is none. */
bool disconnect_read(const uint8_t *request, const uint8_t *octets, size_t len,
    const struct shared *shared, bool *ack, int *cause);

/* The same of RADIUS/1.1, where TLS has done what there is to prove. */
bool
disconnect_read11(const uint8_t *octets, size_t len, bool *ack, int *cause);

/* "192.0.2.1:3799", "[2001:db8::1]:3799"; without a port PORT. False for
 * anything else. */
bool disconnect_address(
    const char *text, int port, struct sockaddr_storage *out, socklen_t *len);
