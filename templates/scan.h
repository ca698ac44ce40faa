/*
 * scan.h - sentences in C that a person may read
 */
#pragma once

#include "templates/compile.h"

/* Adds the sentences in SAY(), why_set() and what ends in it, ERR() and
 * VERDICT() to the list of messages. Macros of other names and computed
 * sentences are not seen. */
bool scan_words(struct tpl *t, const char *text, size_t len);
