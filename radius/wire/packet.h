/*
 * packet.h - a RADIUS packet as it came, checked and indexed
 *
 * packet_parse() is strict (RFC 2865 3 and 5): what it lets through has
 * attributes that lie inside the packet, vendor attributes that add up, and
 * at most one Message-Authenticator of the right size. It copies nothing: the
 * octets must outlive the struct packet.
 */
#pragma once

#include "radius/wire/dict.h"
#include "radius/wire/shared.h"

enum {
	PACKET_HEADER = 20,
	PACKET_MAX = 4096,
	PACKET_ATTRS_MAX = 200,
	PACKET_AUTH = 16, /* octets of an authenticator */
};

enum packet_code {
	PACKET_ACCESS_REQUEST = 1,
	PACKET_ACCESS_ACCEPT = 2,
	PACKET_ACCESS_REJECT = 3,
	PACKET_ACCT_REQUEST = 4,
	PACKET_ACCT_RESPONSE = 5,
	PACKET_ACCESS_CHALLENGE = 11,
	PACKET_STATUS_SERVER = 12,
	PACKET_DISCONNECT_REQUEST = 40,
	PACKET_DISCONNECT_ACK = 41,
	PACKET_DISCONNECT_NAK = 42,
	PACKET_COA_REQUEST = 43,
	PACKET_COA_ACK = 44,
	PACKET_COA_NAK = 45,
};

/* Octets inside a packet; borrowed. */
struct slice {
	const uint8_t *p;
	size_t len;
};

struct packet_attr {
	uint16_t at; /* offset of the value */
	uint8_t type;
	uint8_t len; /* of the value */
};

struct packet {
	const uint8_t *p;
	uint16_t len; /* as the header says; the rest of the datagram is not
			 ours */
	uint16_t count;
	uint16_t ma; /* offset of the Message-Authenticator's value, 0: none */
	uint8_t code, id;
	bool vendor; /* there is an attribute of a vendor, in any form */
	bool mended; /* the overrun of hostapd 2.11 was skipped */
	struct packet_attr attr[PACKET_ATTRS_MAX];
};

/* BAD_INPUT for anything malformed, LIMIT for too many attributes. */
MUST_USE enum err
packet_parse(const void *octets, size_t len, struct packet *out);

static inline const uint8_t *
packet_auth(const struct packet *p)
{
	return p->p + 4;
}

/* The next attribute of TYPE at or after *I, which moves past it; start with
 * 0. False at the end. */
bool
packet_next(const struct packet *p, uint8_t type, size_t *i, struct slice *out);

/* The first one. */
bool packet_get(const struct packet *p, uint8_t type, struct slice *out);

/* The first one, when it is a 4-octet integer. */
bool packet_u32(const struct packet *p, uint8_t type, uint32_t *out);

/* The first sub-attribute TYPE of VENDOR (RFC 2865 5.26). */
bool packet_vendor(
    const struct packet *p, uint32_t vendor, uint8_t type, struct slice *out);

/* Walks all of them: *I counts attributes, *AT octets inside one; both start
 * at 0. */
bool packet_vendor_next(const struct packet *p, uint32_t vendor, uint8_t type,
    size_t *i, size_t *at, struct slice *out);

/* Joins the fragments of an Extended-Vendor-Specific-5 (245.26, RFC 6929 2.2)
 * of VENDOR and TYPE into OUT and returns the octets; 0 when there is none, or
 * when its pieces do not fit together or into MAX. */
size_t packet_extended(const struct packet *p, uint32_t vendor, uint8_t type,
    uint8_t *out, size_t max);

/* True when there is a Message-Authenticator and it is right (RFC 3579 3.2);
 * for accounting and disconnects the header's authenticator counts as zero. */
bool packet_signed(const struct packet *p, const struct shared *s);

/* The Message-Authenticator of a reply to a request's authenticator: right, or
 * not there. */
bool packet_reply_signed(const struct packet *reply,
    const uint8_t request_auth[static PACKET_AUTH], const struct shared *s);

/* The Request Authenticator of accounting, disconnect and CoA requests
 * (RFC 2866 3, RFC 5176 2.3). */
bool packet_acct_authentic(const struct packet *p, const struct shared *s);

/* A reply's Response Authenticator to a request's. */
bool packet_reply_authentic(const struct packet *reply,
    const uint8_t request_auth[static PACKET_AUTH], const struct shared *s);
