/*
 * out.h - nouns on standard output: for people in columns, or as JSON
 */
#pragma once

#include "cli/cli.h"

/* N nouns of SIZE octets: those members that lists show. As JSON: an array of
 * objects with all members. */
void out_list(const struct cli *c, const struct field *fields,
    const void *nouns, size_t n, size_t size);

/* One noun: `name: value` lines, or a JSON object. */
void out_one(const struct cli *c, const struct field *fields, const void *noun);

/* A few named texts: `name: value` lines, or a JSON object. Pairs end at a
 * NULL name. */
struct out_pair {
	const char *name, *text;
	int64_t number; /* when TEXT is NULL */
};
void out_pairs(const struct cli *c, const struct out_pair *pairs);
