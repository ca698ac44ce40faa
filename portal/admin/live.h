/*
 * live.h - what goes on right now, in numbers and charts
 */
#pragma once

#include "portal/web/page.h"

/* Fills what the first page of administration shows of now: what the responder
 * of this machine counted (nothing, when it does not answer) and what the store
 * says; DEVICES is insight_days(). Of access points those silent longest come
 * first. */
MUST_USE enum err live_fill(struct page *p,
    const size_t devices[static INSIGHT_DAYS], struct tpl_live *out);
