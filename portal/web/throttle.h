/*
 * throttle.h - how often one place, or one person, may try
 *
 * A bucket of tries that fills again with time: per person who is signed in,
 * otherwise per address (v4) or /64 (v6), where a whole campus may sit behind
 * one address. The memory is fixed: when it is full, the one that tried least
 * recently is forgotten, which at worst gives an attacker with very many
 * addresses a few tries more and never slows anybody else.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/uid.h"
#include "core/model/bounds.h"

struct throttle;

struct throttle *throttle_new(void);
void throttle_free(struct throttle *t);

/* The same for a machine's token. */
int throttle_token(struct throttle *t, const struct uid *token, int64_t now);

/* 0: go on. Otherwise the seconds to wait. PERSON may be NULL. Safe to call
 * from threads. */
int throttle_wait(struct throttle *t, const struct uid *person,
    const struct in6_addr *from, int64_t now);

/* The same for codes that somebody may guess. It costs before the code is
 * looked at, so that many at once are no more than one after the other; what
 * was not wrong is given back by throttle_right(), so that a queue of guests
 * behind one address gets in. All addresses together have THROTTLE_MISSES a
 * second, from which the length of codes follows (G-01). */
int
throttle_guess(struct throttle *t, const struct in6_addr *from, int64_t now);
void throttle_right(struct throttle *t, const struct in6_addr *from);
