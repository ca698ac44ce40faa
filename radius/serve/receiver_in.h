/*
 * receiver_in.h - what the files of a receiver share
 *
 * receiver.c judges one packet, receiver_batch.c is the thread that takes many
 * of them from a socket, receiver_post.c sends what is answered.
 */
#pragma once

#include "radius/serve/receiver.h"

/* Who sent A, and is it a packet? Counts and notes what is not; fills A->ap,
 * A->packet and A->name. */
bool receiver_look(
    struct receiver *r, struct arrival *a, const uint8_t *octets, size_t len);

/* May such a packet come to this port? */
bool receiver_expects(const struct receiver *r, const struct packet *p);

/* Is it new? Those who asked before are answered as before; A is authentic. */
void receiver_see(struct receiver *r, struct arrival *a);

/* What was said before, again. */
void
receiver_again(struct receiver *r, const struct arrival *a, struct slice again);

/* Signs and sends what is in the batch of answers. */
void receiver_flush(struct receiver *r);
