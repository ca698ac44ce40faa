/*
 * wire.h - a reply as octets
 */
#pragma once

#include <stdbool.h>

#include "core/base/buf.h"
#include "portal/web/http.h"

enum { WIRE_HEAD_MAX = 32 * 1024, WIRE_RECORD = 16 * 1024 };

/*
 * Writes the status line and the headers of RP to OUT, and as much of its body
 * as fills one TLS record with them. Returns how many octets of the body went
 * along. With BARE (HEAD) the body is counted but not sent.
 */
size_t wire_reply(struct buf *out, const struct reply *rp, bool bare,
    bool close, int64_t now);
