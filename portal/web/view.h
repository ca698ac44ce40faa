/*
 * view.h - what every page knows: its language, the brand, who is signed in
 */
#pragma once

#include "portal/web/page.h"

/* P->view, in the language that was chosen here or before, or that the browser
 * asks for. */
void view_make(struct page *p);

/* What the operator says in the language of V->code, and how letters look, for
 * whoever speaks to somebody else than the reader of a page. */
void view_says(struct view *v, const struct app *app);

/* Adds who is signed in, and where they may go. */
void view_person(struct page *p);

/* Mails and sheets follow what was chosen on a page. */
void view_remember(struct page *p);
