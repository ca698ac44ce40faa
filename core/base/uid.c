#include "core/base/uid.h"

#include <string.h>

#include "core/base/rnd.h"

static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

struct uid
uid_from(const uint8_t raw[static UID_LEN])
{
	struct uid id = UID_NONE;

	/* 26 digits of 5 bits hold 130: the first carries 3 */
	for (int i = 0; i < UID_LEN; i++)
		id.s[i] = letters[raw[i] & (i == 0 ? 7 : 31)];
	return id;
}

struct uid
uid_new(void)
{
	uint8_t raw[UID_LEN];

	rnd_bytes(raw, sizeof(raw));
	return uid_from(raw);
}

bool
uid_parse(const char *text, struct uid *out)
{
	*out = UID_NONE;
	if (text == NULL || strnlen(text, UID_LEN + 1) != UID_LEN ||
	    strspn(text, letters) != UID_LEN || text[0] > '7')
		return false;
	memcpy(out->s, text, UID_LEN);
	return true;
}

bool
uid_is_none(const struct uid *id)
{
	return id->s[0] == '\0';
}

bool
uid_same(const struct uid *a, const struct uid *b)
{
	return strcmp(a->s, b->s) == 0;
}
