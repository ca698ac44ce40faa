#include "radius/wire/dict.h"

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
