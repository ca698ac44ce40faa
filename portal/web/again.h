/*
 * again.h - a form that came too late, without losing what was typed
 *
 * A session ends while somebody fills in a form, or the proof of who they are
 * has become too old, or they have signed in anew since the page was made. Then
 * nothing is done; and as no page is kept by the browser, what was typed would
 * be gone. The page says so and shows it, to be copied.
 */
#pragma once

#include "portal/web/page.h"

enum again {
	AGAIN_SIGN_IN, /* nobody is signed in: 401 */
	AGAIN_PROVE,   /* who it is has to be proved anew: 401 */
	AGAIN_RELOAD,  /* the form is of another session: 403 */
};

/* Answers the form of P with what was typed, if there is anything; false: there
 * is not, and nothing was written. */
bool again_page(struct page *p, enum again why);

/* The page of ours where the form was, or "/". */
const char *again_from(const struct page *p);

/* The page of ours that led to this one, also where nobody need sign in; ""
 * when it is none, or the start, or the very one that was asked for. */
const char *again_back(const struct page *p);

/* Where one goes on for WHY, and comes back to again_from(); NULL without
 * memory. */
const char *again_at(struct page *p, enum again why);
