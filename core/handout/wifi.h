/*
 * wifi.h - what every handout says about a key, and the WIFI: string
 */
#pragma once

#include "core/base/buf.h"
#include "core/base/secret.h"

struct logo; /* core/handout/logo.h */

/* Borrowed texts, all UTF-8; "" when unknown. */
struct handout {
	const char *ssid;
	const struct secret *passphrase;
	bool hidden;
	const char *network; /* what people call it */
	const char *person;  /* whose key it is */
	const char *key;     /* the key's name */
	const char *plan;    /* the plan in plain words */
	const char *valid;   /* validity in plain words */
	const char *brand, *support, *support_mail, *url;
	const char *language;    /* BCP 47; decides words and direction */
	const char *note;        /* further text of a desk sheet */
	const char *id;          /* the key's id: stable names in profiles */
	int64_t not_after;       /* 0: no end */
	const struct logo *logo; /* of the operator; NULL: none */
	const char *link;        /* a voucher: `passphrase` is its code, and the
				  * square leads here; cards only. NULL: none */
};

/* 1 to 32 octets of UTF-8. */
bool wifi_ssid_ok(const char *ssid);

/* 8 to 63 printable ASCII characters, or 64 hex digits. */
bool wifi_passphrase_ok(const struct secret *s);

/* `WIFI:T:WPA;S:...;P:...;;` with backslash before \ ; , : " and H:true only
 * when hidden: what iOS and Android both read. BAD_INPUT when the SSID or the
 * passphrase is none. */
MUST_USE enum err wifi_string(const struct handout *h, struct buf *out);

/* The passphrase as a person reads it: groups of four for those without
 * hyphens or spaces of their own; as it is otherwise. */
void wifi_grouped(const char *passphrase, struct buf *out);
