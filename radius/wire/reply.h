/*
 * reply.h - write the answer to a packet
 *
 * Message-Authenticator is the first attribute of every answer to an
 * Access-Request (CVE-2024-3596). Writing past the limit latches; reply_end()
 * says so. Without a secret it is RADIUS/1.1 (RFC 9765), as inside TLS: nothing
 * is hidden or signed, and the request's token comes back.
 *
 * The salts of hidden attributes count up from the one given, so they
 * differ within the packet (RFC 2868 3.5).
 */
#pragma once

#include "radius/wire/packet.h"
#include "radius/wire/sign.h"

enum {
	REPLY_MAX = 1400, /* stays one Ethernet frame on any path */
};

struct reply {
	uint8_t *p;
	size_t len, max;
	bool bad;
	bool ma; /* signed by a Message-Authenticator */
	uint16_t salt;
	const struct shared *secret;
	const uint8_t *request_auth;
	size_t hide, hide_len; /* a password that the end hides, and where */
};

/* Starts an answer of CODE to REQUEST in OUT (borrowed, MAX octets). The
 * packet and the secret, which may be NULL, must outlive it. */
void
reply_start(struct reply *r, uint8_t *out, size_t max, enum packet_code code,
    const struct packet *request, const struct shared *s, uint16_t salt);

void reply_octets(struct reply *r, uint8_t type, const void *v, size_t len);
void reply_text(struct reply *r, uint8_t type, const char *text);
void reply_u32(struct reply *r, uint8_t type, uint32_t v);

/* RFC 2868 3.1: TAG and 3 octets of V. */
void reply_tagged_u32(struct reply *r, uint8_t type, uint8_t tag, uint32_t v);

/* RFC 2868 3.5. At most HIDE_MAX octets; TAG 0..31. The end of the reply hides
 * the first one. */
void
reply_tunnel_password(struct reply *r, uint8_t tag, const void *v, size_t len);

void reply_vendor(
    struct reply *r, uint32_t vendor, uint8_t type, const void *v, size_t len);
void reply_vendor_text(
    struct reply *r, uint32_t vendor, uint8_t type, const char *text);
void
reply_vendor_u32(struct reply *r, uint32_t vendor, uint8_t type, uint32_t v);

/* Salted and hidden, without a tag (RFC 2548 2.4.2). */
void reply_vendor_hidden(
    struct reply *r, uint32_t vendor, uint8_t type, const void *v, size_t len);

/* Only the octets of that, into OUT (HIDE_OUT); returns how many. */
size_t reply_hide(struct reply *r, const void *v, size_t len, uint8_t *out);

/* Every Proxy-State of the request, unchanged and in order (RFC 2865 5.33). */
void reply_proxy_states(struct reply *r, const struct packet *request);

/* Ends it for sign_replies(), which may come later. TOO_BIG as below. */
MUST_USE enum err reply_close(struct reply *r, struct sign_reply *out);

/* Hides and signs at once. TOO_BIG when something did not fit; nothing may be
 * sent then. */
MUST_USE enum err reply_end(struct reply *r);
