#include "portal/signin/strict.h"

#include <math.h>
#include <string.h>

#define YEAR_9999 253402300799

json_t *
strict_object(const char *text, size_t len)
{
	json_t *j = json_loadb(
	    text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);

	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		return NULL;
	}
	return j;
}

const char *
strict_text(const json_t *j, const char *name, size_t max)
{
	const json_t *v = json_object_get(j, name);
	size_t len = json_string_length(v);

	return len == 0 || len > max ? NULL : json_string_value(v);
}

bool
strict_date(const json_t *j, const char *name, int64_t *out)
{
	const json_t *v = json_object_get(j, name);
	double d;

	*out = 0;
	if (json_is_integer(v)) {
		*out = json_integer_value(v);
		return *out >= 0 && *out <= YEAR_9999;
	}
	d = json_is_real(v) ? json_real_value(v) : NAN;
	if (!(d >= 0 && d <= (double)YEAR_9999))
		return false;
	*out = (int64_t)d;
	return true;
}
