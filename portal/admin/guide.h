/*
 * guide.h - the guides for access points (conf/access-points), as HTML
 *
 * Made by portal/admin/guides when Latchkey is built. The last one has no word.
 */
#pragma once

#include <stdint.h>

struct guide {
	const char *word;  /* "hostapd"; "all" for the list of them */
	const char *title; /* in English, as the text is */
	const char *html;
};
extern const struct guide guides[];

/* The guide for access points of this dialect, or NULL. */
const struct guide *guide_of(const char *dialect);
