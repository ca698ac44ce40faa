/*
 * fonts.h - the fonts of the system, in memory
 */
#pragma once

#include "core/handout/type.h"

/* Loads them if sheet_fonts() has not; NULL when a needed one is missing. */
const struct type_faces *fonts_loaded(void);

/* The Debian packages, of those that may be there, that are not: words with a
 * blank between them, or nothing. */
const char *fonts_lacking(void);
