/*
 * said.h - values as people say them, in their language
 */
#pragma once

#include <time.h>

#include "core/base/arena.h"
#include "core/model/noun.h"

/* The state of a Wi-Fi password, as its tag says it. */
const char *said_standing(int lang, enum key_standing s);

/* The date TM, which is that of ZONE (NULL: the reader knows whose), with the
 * time unless DAY; "" when TM is after the year 9999 or memory is short. */
const char *said_date(
    struct arena *a, int lang, const struct tm *tm, bool day, const char *zone);

/* So much data: "1.5 GB", in powers of 1000; "" for none. */
const char *said_amount(struct arena *a, int lang, int64_t octets);

/* The address of a device; NULL when memory is short. */
const char *said_mac(struct arena *a, const struct mac *m);

/* A layout of sheets: CARDS on a page of PAPER; 0 is a letter. */
const char *
said_layout(struct arena *a, int lang, const char *paper, int cards);
