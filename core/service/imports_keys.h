/*
 * imports_keys.h - rows of a table of passwords, on their way
 *
 * imports_keys_read.c reads what a row asks for, imports_keys.c finds out
 * whether it is there already and makes what is not.
 */
#pragma once

#include "core/service/imports_parts.h"

struct key_item {
	struct plan plan; /* none: as the rules say */
	struct uid network;
	struct person owner; /* of one to be made */
	bool make;           /* there is no such person yet */
	struct wifi_key had; /* the one it has already */
	bool same, moves;
	struct secret given;
	struct key_import order;
};

struct key_items {
	struct key_item *v;
	size_t n;
	struct plan *plans;
	size_t nplans;
	struct network *networks;
	size_t nnetworks;
	struct unit *units;
	size_t nunits;
	struct arena *scratch; /* of one row */
};

/* What the row L asks for, in IT; BAD_INPUT names the column. */
MUST_USE enum err imports_keys_read(struct call *c, struct imports *job,
    const struct key_items *s, const struct imports_line *l,
    struct key_item *it);
