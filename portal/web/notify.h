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
