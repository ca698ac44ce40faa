/*
 * syslog.h - messages to a log server, by TCP or TLS
 *
 * RFC 5424 says how a message looks, RFC 6587 3.4.1 and RFC 5425 how it is
 * framed: its length, a blank, the message. Nothing comes back by way of an
 * answer, so a message counts as arrived when the other machine's TCP has
 * acknowledged it. For a thread that may wait.
 */
#pragma once

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum {
	SYSLOG_WAIT_MS = 5000, /* for a connection, and for each message */
	SYSLOG_LINE_MAX = 73728,
	SYSLOG_WHY = 160,
	SYSLOG_PORT_TLS = 6514, /* RFC 5425 4.1 */
	SYSLOG_PORT_TCP = 514,
};

struct syslog_pair {
	const char *name, *value;
};

struct syslog_message {
	int priority; /* facility * 8 + severity, RFC 5424 6.2.1 */
	int64_t at;
	const char *host, *app, *id;
	const char *sd;                  /* SD-ID, or NULL for none */
	const struct syslog_pair *pairs; /* ends at a NULL name */
	const char *text;
};

/* M with its frame, after what OUT holds. A pure function: names are cut and
 * cleaned to what RFC 5424 6 allows, values escaped. */
MUST_USE enum err syslog_frame(const struct syslog_message *m, struct buf *out);

struct syslog_to {
	const char *url; /* tls://HOST[:PORT], tcp://HOST[:PORT] */
	const char *ca_file, *certificate, *private_key; /* "": none */
};

/* BAD_INPUT unless TEXT is such a URL. */
MUST_USE enum err syslog_url_ok(const char *text);

struct syslog_line;

/* Connects. IO with the reason in WHY. */
MUST_USE enum err syslog_open(const struct syslog_to *to,
    struct syslog_line **out, char why[static SYSLOG_WHY]);
void syslog_close(struct syslog_line *s);

/* Sends and waits until the other side has it all. IO when it has not, or has
 * closed: then nothing is known of what was sent. */
MUST_USE enum err
syslog_send(struct syslog_line *s, const void *octets, size_t len);
