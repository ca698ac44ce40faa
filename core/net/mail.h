/*
 * mail.h - send a letter by SMTP, from a thread that may wait
 *
 * libcurl speaks SMTP and writes the MIME parts; this says what may be in a
 * letter and how much patience there is. TLS is required but to this machine.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/secret.h"

enum {
	MAIL_ADDRESS_MAX = 254, /* RFC 5321 4.5.3.1.3 */
	MAIL_SUBJECT_MAX = 200,
	MAIL_DEADLINE_MS = 20000,
	MAIL_WHY = 160,
};

/* Where letters go. Texts are borrowed. */
struct mail_server {
	const char *url;  /* smtp://host:587 (STARTTLS) or smtps://host */
	const char *user; /* "" without authentication */
	const struct secret *password;
	const char *ca_file; /* "" for the system's */
	const char *from, *from_name;
};

struct mail_file {
	const char *name, *type; /* "wifi.pdf", "application/pdf" */
	const void *octets;
	size_t len;
};

/* What HTML calls the picture that goes with it: src="cid:..." (RFC 2392). */
#define MAIL_PICTURE "logo@letter"

/* One letter to one person. HTML, FILE and PICTURE may be NULL. ID makes the
 * Message-ID (a letter sent twice has it twice). TEXT uses '\n'. */
struct mail {
	const char *to, *subject, *text, *html, *id, *language;
	const struct mail_file *file, *picture;
	int64_t at; /* Date */
};

/* True for one plain address: a local part and a domain in ASCII, without
 * spaces, quotes, controls, comments or lists. */
bool mail_address_ok(const char *address);

/* `Name: value` with what is not ASCII as encoded words (RFC 2047 2, 4.1).
 * BAD_INPUT for control characters and malformed UTF-8. */
MUST_USE enum err
mail_header(const char *name, const char *value, struct buf *out);

/*
 * BAD_INPUT: the letter or an address can never be sent. FORBIDDEN: the server
 * refused it for good (5xx). BUSY: it asked to come again (4xx). IO: no answer,
 * late, not trusted, or it does not let us in. WHY gets a sentence without
 * secrets.
 */
MUST_USE enum err mail_send(const struct mail_server *s, const struct mail *m,
    char why[static MAIL_WHY]);
