/*
 * notify.h - letters to people about their passwords, in their language
 */
#pragma once

#include "core/net/mail.h"
#include "core/service/notices.h"
#include "portal/web/page.h"

/* Writes the letter about N to OUT, its texts in the arena of C. APP is a
 * struct app; this is the `write` of a courier. */
enum err notify_write(
    void *app, struct call *c, const struct notice *n, struct mail *out);

/* "5 December 2026, 14:05 (Europe/Berlin)", in language LANG; "" for 0. */
const char *
notify_time(struct arena *a, int lang, const char *zone, int64_t when);
