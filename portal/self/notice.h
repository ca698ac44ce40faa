/*
 * notice.h - the one sentence after a redirect that says what happened
 *
 * A redirect carries a word (`?done=renamed`), never a sentence, so that
 * nobody can put words of theirs on a page of ours.
 */
#pragma once

#include "portal/web/page.h"

/* What was done, or what is wrong, in words; "" when nothing. */
const char *notice_done(const struct page *p);
const char *notice_wrong(const struct page *p);

/* 303 to PATH with the word for E in `?wrong=`. */
MUST_USE enum err notice_go(struct page *p, const char *path, enum err e);
