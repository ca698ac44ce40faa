/*
 * looks.h - the operator's colour and picture in letters
 *
 * A letter loads nothing from anywhere: the picture goes with it, and what is
 * coloured says so where it stands.
 */
#pragma once

enum {
	LOOKS_WIDE = 220, /* pixels that a picture has at most */
	LOOKS_HIGH = 44,
	LOOKS_OCTETS = 64 * 1024, /* a larger file stays at home */
};

struct looks {
	char accent[7]; /* six hexadecimal digits: white is read on it */
	int wide, high; /* of the picture, in pixels; 0: there is none */
};

struct app;

/* Of A's configuration and logo; tells its post which picture goes along. */
void looks_make(struct app *a);
