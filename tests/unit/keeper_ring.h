/*
 * keeper_ring.h - master keys that a test of keepers has in its text
 */
#pragma once

#include "core/crypt/ring.h"
#include "tests/unit/test.h"

#define RING_BASE                                                              \
	"latchkey-base 1 01234567 "                                            \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define RING_ONE                                                               \
	"latchkey-key 1 89abcdef "                                             \
	"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n"
#define RING_WHOLE RING_BASE RING_ONE
#define RING_TWO                                                               \
	"latchkey-key 1 76543210 "                                             \
	"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI\n"

static inline struct ring *
ring_of(const char *text)
{
	struct ring *r = NULL;
	char why[RING_WHY];

	assert_ok(ring_parse(text, strlen(text), &r, why));
	return r;
}

static inline struct ring *
whole_ring(void)
{
	return ring_of(RING_WHOLE);
}
