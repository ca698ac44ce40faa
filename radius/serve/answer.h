/*
 * answer.h - may this device join, and what does it get?
 *
 * From what is known and what was asked to an answer; no sockets, no threads.
 * A device whose key is known is decided at once; one that proves a key by a
 * handshake needs a search first.
 */
#pragma once

#include "radius/serve/known.h"

/* The answer to one question. Pointers are good inside the epoch. */
struct answer {
	enum verdict verdict;
	const char *detail; /* a literal that says more, or NULL */
	const struct known_network *network;
	const struct known_ap *ap;
	struct known_key *key;
	const struct key_data *data;
	const struct known_plan *plan;
	struct known_device *device;
	int64_t until; /* when the right ends; 0 never */
	bool search;   /* no answer yet: look for the key of `handshake` */
	bool probe;    /* accept with nothing in it */
	bool bind;     /* the device was not known to have this key */
	struct handshake handshake;
};

/* All that needs no search. */
void answer_ask(const struct known *k, const struct known_ap *ap,
    const struct ask *ask, int64_t now, struct answer *out);

/* The end of a search: KEY is what was found, NULL when nothing. Binds the
 * device when it may join. Takes the lock of K. */
void
answer_found(struct known *k, const struct known_ap *ap, const struct ask *ask,
    const struct uid *key, int64_t now, struct answer *out);

/* Writes the answer to REQUEST into OUT (REPLY_MAX octets), with what is SHARED
 * (see reply_start()); REPLY is what sign_replies() ends. TOO_BIG when it does
 * not fit. */
MUST_USE enum err answer_write(const struct answer *a, const struct ask *ask,
    const struct packet *request, const struct shared *shared, uint16_t salt,
    int64_t now, uint8_t *out, struct sign_reply *reply);
