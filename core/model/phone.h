/*
 * phone.h - telephone numbers as people type them
 */
#pragma once

#include <stdbool.h>

enum {
	PHONE_MAX = 15, /* digits, ITU-T E.164 6.1 */
	PHONE_MIN = 8,
	PHONE_ROOM = PHONE_MAX + 2 /* with + and the NUL */
};

/*
 * TYPED as +491701234567 in OUT: blanks, (, ), -, . and / do not count, 00 is
 * +, and a leading 0 is COUNTRY ("+49") unless that is empty. False, and OUT
 * empty, for anything else. A pure function.
 */
bool
phone_read(const char *typed, const char *country, char out[static PHONE_ROOM]);
