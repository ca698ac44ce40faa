/*
 * dict.h - the numbers of attributes and vendors, from dict.def
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum attr_number {
#define ATTR(symbol, number, form, name) ATTR_##symbol = number,
#define VENDOR(symbol, number)
#define VATTR(vendor, symbol, number, form, name)
#include "radius/wire/dict.def"
#undef ATTR
#undef VENDOR
#undef VATTR
};

enum vendor {
#define ATTR(symbol, number, form, name)
#define VENDOR(symbol, number) VENDOR_##symbol = number,
#define VATTR(vendor, symbol, number, form, name)
#include "radius/wire/dict.def"
#undef ATTR
#undef VENDOR
#undef VATTR
};

enum vendor_attr {
#define ATTR(symbol, number, form, name)
#define VENDOR(symbol, number)
#define VATTR(vendor, symbol, number, form, name) vendor##_##symbol = number,
#include "radius/wire/dict.def"
#undef ATTR
#undef VENDOR
#undef VATTR
};

/* Vendors whose attributes follow the layout RFC 2865 5.26 suggests. */
bool dict_vendor(uint32_t vendor);
