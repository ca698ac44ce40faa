/*
 * backward.h - what we ask access points by the connections they opened
 */
#pragma once

#include "radius/radsec/pool.h"
#include "radius/serve/back.h"

/* Sends what is asked of access points that are there, each by its newest
 * connection. */
void backward_send(
    struct pool *p, const struct known *k, struct back *b, int64_t mono);

/* True when PACKET, which came by C, is the answer to one of them. */
bool backward_heard(struct back *b, const struct conn *c, struct slice packet);
