#include "radius/wire/dict.h"

#include <strings.h>

static const struct dict_row rows[] = {
#define ATTR(symbol, number, form, name) {0, number, FORM_##form, name},
#define VENDOR(symbol, number)
#define VATTR(vendor, symbol, number, form, name)                              \
	{VENDOR_##vendor, number, FORM_##form, name},
#include "radius/wire/dict.def"
#undef ATTR
#undef VENDOR
#undef VATTR
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const struct dict_row *
dict_find(uint32_t vendor, uint8_t number)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].vendor == vendor && rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct dict_row *
dict_name(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcasecmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

bool
dict_vendor(uint32_t vendor)
{
	switch (vendor) {
#define ATTR(symbol, number, form, name)
#define VENDOR(symbol, number) case number:
#define VATTR(vendor, symbol, number, form, name)
#include "radius/wire/dict.def"
#undef ATTR
#undef VENDOR
#undef VATTR
		return true;
	default:
		return false;
	}
}
