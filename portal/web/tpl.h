/*
 * tpl.h - what compiled templates call to write values
 *
 * The compiler has chosen the function by the place where the value stands;
 * pages do not call these.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"

/* Markup made by ourselves (a QR code), never from input. */
struct tpl_html {
	const char *s;
};

/* Text or a quoted attribute; NULL is "". */
void tpl_text(struct buf *b, const char *text);

/* A whole URL in a quoted attribute: a path of ours, https:, mailto: or tel:;
 * anything else becomes "#". */
void tpl_url(struct buf *b, const char *url);

/* A component of a URL, percent-encoded. */
void tpl_url_part(struct buf *b, const char *text);

void tpl_int(struct buf *b, int64_t n);

/* A <time> element, in UTC (a script turns it into local time); and the same
 * in an attribute. */
void tpl_time(struct buf *b, int lang, int64_t when);
void tpl_time_plain(struct buf *b, int64_t when);

void tpl_raw(struct buf *b, struct tpl_html html);

/* True for text that is there and not empty. */
bool tpl_any(const char *text);

/* Six hexadecimal digits, or nothing. */
void tpl_hex(struct buf *b, const char *text);

/* --- words --- */

/* All messages, in English, those with two forms apart; numbers in the order
 * of the texts; numbers of those that have conversions of C. Made by the
 * compiler, the last two with -1 at the end. */
extern const char *const tpl_messages[];
extern const char *const tpl_plurals[][2];
extern const int tpl_order[], tpl_formats[];

/* The message in LANG; English when there is no translation. */
const char *tpl_msg(int lang, int message);
const char *tpl_plural(int lang, int plural, int64_t n);

/* The translation of an English sentence that stands in C (core/base/say.h);
 * the sentence itself when there is none. */
const char *tpl_said(int lang, const char *text);

/* Writes it, escaped. Sentences into which C has put numbers and names are
 * recognised by what stands around them. */
void tpl_words(struct buf *b, int lang, const char *text);

/* The name of a month, 0 to 11. */
const char *tpl_month(int lang, int month);

struct tpl_arg {
	const char *name;
	const char *text; /* NULL: the number counts */
	int64_t number;
	bool time, words, plain; /* how; words: tpl_words() */
};

/* Writes MESSAGE with {name} replaced, all of it escaped. */
void tpl_say(struct buf *b, int lang, const char *message,
    const struct tpl_arg *args, int n);

/* Keeps each "Wi-Fi" of what was written after FROM on one line: lines break
 * after hyphens. It stays what it is for who searches, copies or listens, and
 * is read from the left wherever it stands. */
void tpl_whole(struct buf *b, size_t from);

/* The end of a list, for loops. */
#define tpl_end(list) ((list).n == 0 ? (list).v : (list).v + (list).n)
