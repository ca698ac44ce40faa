/*
 * home.h - parts of "My Wi-Fi" that other pages need
 */
#pragma once

#include "core/service/people.h"
#include "portal/web/page.h"

/* The page for somebody whose groups give nothing: which groups were seen,
 * and what to ask for. */
MUST_USE enum err home_not_entitled(struct page *p);

/* What the plans IN give, for a page, in its arena; the texts stay those of
 * IN. */
MUST_USE enum err home_offers(struct page *p, const struct entitlement *in,
    size_t n, struct tpl_offer **out);
