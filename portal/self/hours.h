/*
 * hours.h - the hours of a plan, as the reader's language names the days
 */
#pragma once

#include "portal/web/page.h"

/* "mon-fri 06:00-22:00; sat 08:00-24:00" as "Monday–Friday 06:00–22:00 ·
 * Saturday 08:00–24:00"; "" stays "". In the arena; NULL without memory. */
const char *hours_words(struct page *p, const char *schedule);
