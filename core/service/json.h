/*
 * json.h - JSON that services keep, read
 *
 * Text that is damaged and memory that is lacking are told apart: the first is
 * so for good, the second passes.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/own.h"

static inline void
json_own(json_t **j)
{
	json_decref(*j);
}

/* The LEN octets at TEXT, read with FLAGS of jansson. NO_MEMORY, or BAD when
 * they are no JSON. */
MUST_USE enum err json_read(
    const char *text, size_t len, size_t flags, enum err bad, json_t **out);

/* From here on json_lacked() is of what follows: before json_pack() whose
 * result goes to json_line(), and before a document that is changed bit by bit.
 */
void json_begin(void);

/* Has jansson lacked memory on this thread since? Then what it made may be less
 * than it looks. */
bool json_lacked(void);

/* What json_pack() made, in one line for the caller to free(), written with
 * FLAGS of jansson; J is gone. BAD_INPUT when a text that went into it was no
 * UTF-8. */
MUST_USE enum err json_line(json_t *j, size_t flags, char **out);
