/*
 * throttle.h - how often one place may try
 *
 * A bucket of tries per address (v4) or /64 (v6) that fills again with time.
 * The memory is fixed: when it is full, the place that tried least recently
 * is forgotten, which at worst gives an attacker with very many addresses a
 * few tries more and never slows anybody else.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	THROTTLE_PLACES = 8192,
	THROTTLE_BURST = 20, /* tries at once */
	THROTTLE_EVERY = 3,  /* seconds until one more */
};

struct throttle;

struct throttle *throttle_new(void);
void throttle_free(struct throttle *t);

/* 0: go on. Otherwise the seconds to wait. Safe to call from threads. */
int throttle_wait(struct throttle *t, const struct in6_addr *from, int64_t now);
