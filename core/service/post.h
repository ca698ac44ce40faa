/*
 * post.h - the post office of the configuration
 *
 * For couriers; everybody else writes to the outbox.
 */
#pragma once

#include "core/conf/conf.h"
#include "core/net/mail.h"

struct post;

/* Reads the password, before privileges are gone. *OUT is NULL when no server
 * is configured. */
MUST_USE enum err post_open(
    const struct conf *conf, struct post **out, char why[static CONF_WHY]);
void post_close(struct post *p);

/* A PNG, borrowed, that goes with each letter which shows it
 * (MAIL_PICTURE). P may be NULL. */
void post_picture(struct post *p, const void *png, size_t len);

/* As mail_send(); waits for the server. BUSY without one. */
MUST_USE enum err post_send(
    const struct post *p, const struct mail *m, char why[static MAIL_WHY]);
