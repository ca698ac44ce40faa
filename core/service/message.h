/*
 * message.h - text messages, by the gateway of the configuration
 *
 * For couriers; everybody else writes to the outbox.
 */
#pragma once

#include "core/conf/conf.h"
#include "core/service/outbox.h"

enum { MESSAGE_TEXT_MAX = 1000 };

struct gate;

/* Reads the secret, before privileges are gone. *OUT is NULL when there is no
 * gateway. */
MUST_USE enum err gate_open(
    const struct conf *conf, struct gate **out, char why[static CONF_WHY]);
void gate_close(struct gate *g);

/* The payload of an OUTBOX_SMS. */
MUST_USE enum err
message_seal(const char *to, const char *text, struct buf *out);

/* One try, from a thread that may wait. */
struct outbox_fate
message_send(const struct gate *g, const struct outbox_job *j);

/* What is sent: a pure function of the settings. */
MUST_USE enum err message_body(const struct conf_sms *s, const char *to,
    const char *text, struct buf *out);
