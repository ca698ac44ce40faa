/*
 * tabs.h - the parts of administration, and which of them a page belongs to
 */
#pragma once

#include "portal/web/page.h"

/* Fills p->view.tabs for a page of administration; others have none. What only
 * an administrator may open is not offered to others. */
void tabs_offer(struct page *p);

/* Fills in what of p->view says where one is: in_admin, in_desk, in_sponsor. */
void tabs_where(struct page *p);
