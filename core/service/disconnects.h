/*
 * disconnects.h - getting devices off the air, with proof
 *
 * When a key stops being good, each of its open visits gets one row in the
 * outbox, in the transaction of the change; a device without one, because its
 * access point does no accounting, gets one for where it was let in last. The
 * responder takes what is due, asks the access point (RFC 5176) and says what
 * came of it; a key's page shows it per device.
 */
#pragma once

#include "core/service/call.h"

enum {
	DISCONNECTS_TRIES = 12, /* then it is given up */
	DISCONNECTS_DUE_MAX = 256,
	DISCONNECTS_DUE_EACH = 8, /* of one access point */
	/* A device let in earlier, in seconds, and not accounted for is not
	 * looked for. To ask in vain costs one packet. */
	DISCONNECTS_JOINED = 30 * 86400,
};

/* For services, inside their transaction. */
MUST_USE enum err disconnects_queue_key(struct call *c, const struct uid *key);
MUST_USE enum err
disconnects_queue_person(struct call *c, const struct uid *person);
/* Of all keys of a plan. */
MUST_USE enum err
disconnects_queue_plan(struct call *c, const struct uid *plan);
/* Of one device's address. */
MUST_USE enum err disconnects_queue_device(
    struct call *c, const struct uid *key, const struct mac *mac);

enum disconnect_answer {
	DISCONNECT_ACK,
	DISCONNECT_NAK,
	DISCONNECT_TIMEOUT,
	DISCONNECT_UNREACHABLE, /* the access point has no such address */
};

struct disconnect {
	struct uid id, key, ap;
	struct mac mac;
	char session[64]; /* Acct-Session-Id; "" when not known */
	/* As the access point wrote them in accounting, or in asking: */
	char nas_id[64], nas_ip[16], called[64], user[64];
	int64_t created, due, tries;
	int64_t asked;    /* last asked; 0: not yet */
	int64_t answered; /* 0: no answer */
	char answer[16];  /* "ack", "nak", "timeout", "unreachable" or "" */
	int cause;        /* Error-Cause, RFC 5176 3.6 */
	int64_t gone;     /* the visit's end in accounting; 0: not seen, or
			   * there is no accounting */
	char state[8];    /* "waiting", "done", "dead" */
};

/* Those due now, oldest first. For the responder (ACTOR_SYSTEM). */
MUST_USE enum err disconnects_due(
    struct call *c, size_t limit, struct disconnect **out, size_t *n);

/* What came of asking. AGAIN: when to ask once more (after a cache of the
 * access point has run out, or a retry); 0: done with it. */
MUST_USE enum err disconnects_result(struct call *c, const struct uid *id,
    enum disconnect_answer answer, int cause, int64_t again);

/* The last one that was sent to this access point; NOT_FOUND when none was. For
 * staff. */
MUST_USE enum err
disconnects_of_ap(struct call *c, const struct uid *ap, struct disconnect *out);

/* For a key's page, newest first; its owner and staff may. */
MUST_USE enum err disconnects_of_key(struct call *c, const struct uid *key,
    size_t limit, struct disconnect **out, size_t *n);
