/*
 * letter.h - a letter made from a page
 *
 * Letters are templates like pages, so they speak every language pages speak:
 * the title is the subject, paragraphs are the text.
 */
#pragma once

#include "core/base/buf.h"
#include "portal/web/page.h"

/* The subject and the text of PAGE, markup removed. */
MUST_USE enum err
letter_text(const char *page, struct buf *subject, struct buf *text);

/* Sends PAGE to TO and waits for the mail server; an address that it refuses
 * is no failure, as it must not be told from others (W-17). */
MUST_USE enum err
letter_send(struct page *p, const char *to, const struct buf *page);
