/*
 * words.h - the list passphrases of words are drawn from
 *
 * words.txt, one word per line, made into C when the program is built: the
 * large list of the Electronic Frontier Foundation (CC BY 3.0) without the
 * four words that contain a hyphen. Words are 3 to 9 lower-case letters.
 */
#pragma once

#include <stddef.h>

enum { WORDS_LEN_MAX = 9 };

extern const char *const words[];
extern const size_t words_count;
