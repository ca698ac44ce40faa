/*
 * desk.h - what the pages of the front desk share
 */
#pragma once

#include "core/handout/wifi.h"
#include "core/service/passes.h"
#include "portal/web/squares.h"

/* Rows for N guests. */
MUST_USE enum err desk_rows(
    struct page *p, const struct key_view *v, size_t n, struct tpl_guest **out);

/* The guest whose password has this id, in the arena of the page; NOT_FOUND for
 * a password of another kind. */
MUST_USE enum err
desk_find(struct page *p, const struct uid *id, struct key_view **out);

/* The layouts of sheets, the one called CHOSEN first in mind. */
MUST_USE enum err desk_layouts(
    struct page *p, const char *chosen, struct tpl_choice **out, size_t *n);

/* A date from a form (YYYY-MM-DD): where that day begins in ZONE, or, with
 * END, where it ends. "" gives 0. */
MUST_USE enum err
desk_day(const char *text, const char *zone, bool end, int64_t *out);

/* WHEN as YYYY-MM-DD in ZONE; an end at midnight is the day before. */
const char *desk_date(struct page *p, int64_t when, const char *zone, bool end);

/* When V ends, as people of LANG (-1: English) say it, in the time of its
 * network: an end at midnight is the day before. "" for never. */
const char *desk_until(struct page *p, const struct key_view *v, int lang);

/* Those from OFFSET on, LIMIT at most, in the arena of C. */
typedef enum err desk_print_source(struct call *c, void *of, size_t offset,
    size_t limit, struct key_view **v, size_t *n);

/* Sheets of all of SOME as the reply, of the form's layout and with what the
 * form changes on them; BAD_STATE when nothing is on it. */
MUST_USE enum err
desk_print_all(struct page *p, desk_print_source *some, void *of);

/* Adds what sheets of those of the N guests of V who get one cannot show, and
 * counts them. */
MUST_USE enum err desk_squares(
    struct page *p, const struct tpl_guest *v, size_t n, struct squares *s);

/* The same for a whole batch. */
MUST_USE enum err
desk_squares_batch(struct page *p, const struct uid *id, struct squares *s);

/* Sheets in the making, for ACT of the audit ("print", "mail"), without a
 * layout. */
struct desk_print;
void desk_print_own(struct desk_print **d);
MUST_USE enum err
desk_print_for(struct page *p, const char *act, struct desk_print **out);

/* The first of those added; NULL without. */
const struct handout *desk_print_handout(const struct desk_print *d);

/* What was done with a guest's password, and the letters that took it away. */
MUST_USE enum err desk_record(
    struct page *p, const struct uid *key, struct tpl_trail **out, size_t *n);
MUST_USE enum err desk_letters(
    struct page *p, const struct uid *key, struct tpl_posted **out, size_t *n);

/* Sends V to its guest, with a sheet; BAD_INPUT with words in call.why. */
MUST_USE enum err desk_post(struct page *p, const struct key_view *v);

/* Adds those of V that work. TOO_BIG when there are too many for a document. */
MUST_USE enum err
desk_print_add(struct desk_print *d, const struct key_view *v, size_t n);

/* The order a form makes, and the zone its days are of; what is wrong with it
 * is in call.why. */
MUST_USE enum err
desk_order(struct page *p, struct pass_order *o, const char **zone);

/* What forms for new guests offer, with what was chosen before. */
struct desk_choices {
	struct entitlement *presets;
	struct tpl_choice *plans, *languages;
	size_t nplans;
	const char *today, *arrival; /* YYYY-MM-DD */
};
MUST_USE enum err desk_choices(struct page *p, struct desk_choices *out);

/* Begin and end of today where the first preset's network is. */
void desk_today(struct page *p, const struct entitlement *presets, size_t n,
    int64_t *from, int64_t *to);
