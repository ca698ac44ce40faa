/*
 * alike.h - names that look the same and are not
 *
 * Two guests called "Anna" may be two strings: one with a Cyrillic letter, one
 * whose accent is a character of its own. A person cannot tell them apart, so
 * the pages that list names say so. Compared is what is left of a name without
 * accents, case and spaces, with letters of other scripts and digits put to the
 * Latin ones they look like (a small part of what UTS #39 lists).
 */
#pragma once

#include <stddef.h>

/* What NAME, UTF-8, looks like, into OUT; cut where OUT is full. */
void alike_skeleton(const char *name, char *out, size_t size);
