/*
 * radius.h - asking the responder of this machine
 *
 * Over the socket next to its snapshot (radius/serve/control.h): lines of
 * JSON. The portal only reads.
 */
#pragma once

#include <jansson.h>

#include "portal/web/page.h"

enum { RADIUS_ANSWER_MAX = 1 << 20, RADIUS_PATIENCE_MS = 1500 };

/* The answer to QUESTION (without a newline). IO when nobody is there or the
 * answer is late; then OUT is empty. */
MUST_USE enum err
radius_ask(const struct conf *conf, const char *question, struct buf *out);

/* The answer as an object that has MEMBER, to be let go by json_decref(). NULL
 * when nobody answers, or a responder of another version that knows no such
 * question. */
json_t *radius_ask_json(
    const struct conf *conf, const char *question, const char *member);
