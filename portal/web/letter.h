/*
 * letter.h - a letter made from a page
 *
 * Letters are templates like pages, so they speak every language pages speak:
 * the title is the subject, paragraphs are the text.
 */
#pragma once

#include "core/base/buf.h"
#include "core/net/mail.h"
#include "core/service/outbox.h"
#include "portal/web/page.h"

/* The subject and the text of PAGE, markup removed. */
MUST_USE enum err
letter_text(const char *page, struct buf *subject, struct buf *text);

/* What P's letters know when they are for a reader of LANGUAGE: they are in the
 * reader's language, whoever sends them. P's own, if it is none of ours. */
struct view letter_view(const struct page *p, const char *language);

struct letter {
	const char *to, *about; /* "letter.code", for lists */
	const struct buf *page;
	const struct mail_file *file;   /* NULL: none */
	const struct uid *person, *key; /* whom it concerns, or NULL */
	int64_t valid; /* seconds after which it is of no use; 0: never */
};

/* The same as a text message: the text of PAGE, to a number. BUSY without a
 * gateway. */
MUST_USE enum err letter_message(struct page *p, const struct letter *l);

/* What a service is to put into the outbox with its change; O borrows from P.
 * Poke the poster afterwards. BUSY without a mail server. */
MUST_USE enum err
letter_order(struct page *p, const struct letter *l, struct outbox_order *o);

/* Puts it into the outbox, from where it leaves at once. BUSY without a mail
 * server. */
MUST_USE enum err letter_send(struct page *p, const struct letter *l);
