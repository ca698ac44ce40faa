/*
 * desk.h - what the pages of the front desk share
 */
#pragma once

#include "core/service/passes.h"
#include "portal/web/page.h"

/* Rows for N guests. */
MUST_USE enum err desk_rows(
    struct page *p, const struct key_view *v, size_t n, struct tpl_guest **out);

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

/* All of V that work on sheets of the form's layout, as the reply; BAD_STATE
 * when none does. */
MUST_USE enum err
desk_print(struct page *p, const struct key_view *v, size_t n);

/* The order a form makes; what is wrong with it is in call.why. */
MUST_USE enum err desk_order(struct page *p, struct pass_order *o);

/* The page of the desk, with WRONG on it. */
MUST_USE enum err desk_show(struct page *p, const char *wrong);

/* Begin and end of today where the first preset's network is. */
void desk_today(struct page *p, const struct entitlement *presets, size_t n,
    int64_t *from, int64_t *to);
