/*
 * strangers.h - where packets came from that no access point has
 *
 * The last addresses of packets (UDP), each once, for whoever sets an access
 * point up and wonders why it is not heard. Old ones give way. Each receiver
 * notes one a second, so that a flood costs nothing here.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { STRANGERS_MAX = 8, STRANGER_TEXT = 64 };

struct stranger {
	char address[STRANGER_TEXT];
	int64_t at;
};

struct strangers;

struct strangers *strangers_new(void); /* NULL when out of memory */
void strangers_free(struct strangers *s);
void strangers_add(struct strangers *s, const char *address, int64_t at);

/* Copies them into OUT, the newest first; returns how many. */
size_t
strangers_list(struct strangers *s, struct stranger out[static STRANGERS_MAX]);
