/*
 * place.h - where in an HTML page the next character would stand
 *
 * The template compiler feeds it the literal text of a page and asks, before
 * it puts in a value, how that value has to be escaped there, or why nothing
 * may stand there. Pages written by hand need only a small, strict part of
 * HTML: what a browser and we could read differently is refused.
 */
#pragma once

#include <stdbool.h>

enum { PLACE_NAME = 24 };

enum place_at {
	AT_TEXT,
	AT_LESS, /* after '<' */
	AT_NAME, /* in the name of an element */
	AT_TAG,  /* between attributes */
	AT_ATTR, /* in the name of an attribute */
	AT_EQUALS,
	AT_VALUE, /* in a quoted value */
	AT_AFTER, /* just after a quoted value */
	AT_BANG,  /* <!...> */
	AT_COMMENT,
	AT_RAW, /* inside script or style */
};

struct place {
	enum place_at at;
	bool letter;  /* not a page: a style may stand in its tags */
	bool closing; /* </name> */
	bool url;     /* the attribute holds a URL */
	bool bare;    /* in one that holds, or lays out, text alone */
	bool begun;   /* the value has at least one character */
	char first;   /* the first character of a URL, if literal */
	int dashes;   /* run of '-' in a comment */
	char name[PLACE_NAME], attr[PLACE_NAME];
};

/* Moves past one literal character; NULL, or why it is refused. */
const char *place_feed(struct place *p, char c);

/* How a value must be escaped here. */
enum place_value {
	VALUE_REFUSED,
	VALUE_TEXT,     /* between tags */
	VALUE_ATTR,     /* in quotes */
	VALUE_URL,      /* a whole URL, or its start: scheme checked */
	VALUE_URL_PART, /* a component of a URL: percent-encoded */
	VALUE_STYLE,    /* in a style: six hexadecimal digits, or a number */
};

/* Also moves past the value. WHY is set when VALUE_REFUSED. */
enum place_value place_value(struct place *p, const char **why);

/* A branch begins or ends here: what was being named is named. */
const char *place_settle(struct place *p);

/* True when two ways through a page lead to one place. */
bool place_same(const struct place *a, const struct place *b);
