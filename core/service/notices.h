/*
 * notices.h - letters to people about their passwords
 *
 * What a letter is about is written down with the change, or when its time
 * comes; the letter itself is written when it leaves, by the facts of that
 * moment (whether it is still needed, in which language, whether it is night
 * there). Guests get none, as they hold what they were given; nor does anybody
 * whose mail address is not known. A password of a unit concerns its managers.
 */
#pragma once

#include "core/service/outbox.h"

enum notice_kind { NOTICE_MADE, NOTICE_ROTATED, NOTICE_ENDING };

/* For services, inside their transaction: K was made, or is the successor of
 * a rotated one. */
MUST_USE enum err
notices_key(struct call *c, const struct wifi_key *k, enum notice_kind what);

/* Inside the transaction of life_tick(): all whose moment is in
 * FROM < t <= TO. */
MUST_USE enum err
notices_due(struct call *c, int64_t from, int64_t to, size_t *done);

/* What a letter needs to know. */
struct notice {
	enum notice_kind kind;
	struct wifi_key key;
	struct wifi_key before; /* NOTICE_ROTATED: the one that was replaced */
	struct network network;
	struct plan plan;
	struct person to;
	int64_t again; /* it is quiet there until then; 0: now is fine */
};

/* The facts behind the payload of an OUTBOX_NOTICE. NOT_FOUND when nobody
 * needs it any longer. */
MUST_USE enum err
notices_read(struct call *c, const struct outbox_job *j, struct notice *out);
