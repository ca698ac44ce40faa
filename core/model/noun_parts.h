/*
 * noun_parts.h - what the checks of nouns share; for this folder only
 */
#pragma once

#include "core/model/noun.h"

#define BAD(w, field, ...) why_set((w), ERR_BAD_INPUT, (field), __VA_ARGS__)

/* A name as a person types it, already trimmed, in SIZE octets. */
bool noun_name_ok(const char *t, size_t size);

/* UTF-8 without control characters, in SIZE octets. */
bool noun_printable(const char *t, size_t size);
