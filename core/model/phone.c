#include "core/model/phone.h"

#include <stdio.h>
#include <string.h>

enum { TYPED_MAX = 40 };

/* + and digits of TYPED; false for anything but them and punctuation. */
static bool
squeeze(const char *typed, char out[static TYPED_MAX + 1])
{
	size_t n = 0;

	if (strlen(typed) > TYPED_MAX)
		return false;
	for (const char *t = typed; *t; t++) {
		if ((*t >= '0' && *t <= '9') || (*t == '+' && n == 0))
			out[n++] = *t;
		else if (strchr(" ()-./", *t) == NULL)
			return false;
	}
	out[n] = '\0';
	return true;
}

bool
phone_read(const char *typed, const char *country, char out[static PHONE_ROOM])
{
	char digits[TYPED_MAX + 1], whole[TYPED_MAX + 16];
	size_t n;

	out[0] = '\0';
	if (!squeeze(typed, digits))
		return false;
	if (digits[0] == '+')
		(void)snprintf(whole, sizeof(whole), "%s", digits);
	else if (strncmp(digits, "00", 2) == 0)
		(void)snprintf(whole, sizeof(whole), "+%s", digits + 2);
	else if (digits[0] == '0' && country[0] == '+')
		(void)snprintf(
		    whole, sizeof(whole), "%.8s%s", country, digits + 1);
	else
		return false;
	n = strlen(whole) - 1;
	/* no country's number begins with 0 */
	if (n < PHONE_MIN || n > PHONE_MAX || whole[1] == '0' ||
	    strspn(whole + 1, "0123456789") != n)
		return false;
	memcpy(out, whole, n + 2);
	return true;
}
