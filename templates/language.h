/*
 * language.h - one language: what a catalogue says, on its way into C
 *
 * catalogue.c reads it, catalogue_write.c writes it.
 */
#pragma once

#include "templates/catalogue.h"

enum { PO_TEXT = 1600, CODE = 12, RULE = 300 };

struct language {
	const char *code;
	char name[64], dir[4], rule[RULE], point[4];
	int nplurals;
	char **messages; /* by number of the message; NULL: missing */
	char **forms;    /* plural * nplurals + form */
};

/* Writes its tables. */
void catalogue_write(struct tpl *t, const struct language *l);

/* Frees what it says. */
void catalogue_clear(const struct tpl *t, struct language *l);
