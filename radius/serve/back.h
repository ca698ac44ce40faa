/*
 * back.h - requests to an access point, by the connection it opened
 *
 * An access point that comes by TLS is often behind a gateway that lets
 * nothing in, so it is asked by its own connection (RFC 6614 2.1: one port for
 * all packets). One thread asks, another has the connections; this lies
 * between them. A place is taken for each request and given back when it was
 * answered, or never will be.
 */
#pragma once

#include "core/base/uid.h"
#include "radius/wire/packet.h"

enum {
	BACK_PLACES = 256, /* as many as RADIUS/1.0 has identifiers */
	BACK_PACKET_MAX = 512,
};

struct back;

struct back *back_new(void); /* NULL when out of memory */
void back_free(struct back *b);

/* --- who asks --------------------------------------------------------------
 */

/* A place, which is the identifier of the request; -1 when there is none, or
 * nobody has connections. */
int back_take(struct back *b);

/* Asks AP: by P in RADIUS/1.0, by P11 in RADIUS/1.1, where the token is put in
 * (RFC 9765 4.1). False when one is too long. */
bool back_ask(struct back *b, int place, const struct uid *ap, struct slice p,
    struct slice p11);

enum back_is {
	BACK_WAITS,
	BACK_NOBODY, /* it has no connection */
	BACK_HEARD,
};

struct back_answer {
	bool radius11;
	size_t len;
	uint8_t octets[BACK_PACKET_MAX];
};

/* Did an answer come? Fills OUT when it did. */
enum back_is back_look(struct back *b, int place, struct back_answer *out);

/* The place is free again, answered or not. */
void back_give(struct back *b, int place);

/* --- who has connections ---------------------------------------------------
 */

/* From now on there are some; WAKE, an eventfd, says that somebody asks. -1:
 * none any more. */
void back_serve(struct back *b, int wake);

/* The next that is asked and not sent; -1 when there is none. */
int back_next(struct back *b, struct uid *ap);

/* It goes by the connection SERIAL: writes it to OUT and returns its octets. */
size_t back_sent(struct back *b, int place, uint32_t serial, bool radius11,
    uint8_t out[static BACK_PACKET_MAX]);

/* There is no connection to whom it is for. */
void back_nobody(struct back *b, int place);

/* An answer came by SERIAL. False when it is none to what was sent there. */
bool
back_heard(struct back *b, uint32_t serial, bool radius11, struct slice packet);
