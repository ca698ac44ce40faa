/*
 * scan.h - what libconfuse would let pass
 *
 * It accepts a section that is never closed, and puts environment variables
 * into values. Both are refused before it sees the text.
 */
#pragma once

#include "core/conf/conf.h"

/* False with the LINE and WHAT is wrong there. A pure function. */
bool conf_scan(const char *text, size_t len, int *line, const char **what);
