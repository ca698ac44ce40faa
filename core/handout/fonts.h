/*
 * fonts.h - the fonts of the system, in memory
 */
#pragma once

#include "core/handout/type.h"

/* Loads them if sheet_fonts() has not; NULL when a needed one is missing. */
const struct type_faces *fonts_loaded(void);

/* The Debian package with a font that is not among FACES and has CP, or, of a
 * block like its, most; NULL: no font that is ever asked has it. */
const char *fonts_package(const struct type_faces *faces, uint32_t cp);

/* The Debian packages, of those that may be there, that are not: words with a
 * blank between them, or nothing. */
const char *fonts_lacking(void);
