/*
 * dict.h - attributes by number and by name, from dict.def
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

/* How a value is laid out (RFC 2865 5, RFC 2868 3). */
enum attr_form {
	FORM_TEXT,
	FORM_OCTETS,
	FORM_INT,
	FORM_IPV4,
	FORM_TAGINT,
	FORM_TAGTEXT,
	FORM_TAGHIDDEN, /* tag, salt, ciphertext */
	FORM_HIDDEN,    /* salt, ciphertext */
};

struct dict_row {
	uint32_t vendor; /* 0: none */
	uint8_t number;
	enum attr_form form;
	const char *name;
};

/* NULL when we have no row for it. */
const struct dict_row *dict_find(uint32_t vendor, uint8_t number);
const struct dict_row *dict_name(const char *name);

/* Vendors whose attributes follow the layout RFC 2865 5.26 suggests. */
bool dict_vendor(uint32_t vendor);
