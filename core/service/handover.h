/*
 * handover.h - six characters that continue in another browser
 *
 * A mini-browser that cannot sign anybody in shows them; typed at the portal
 * elsewhere, once and within ten minutes, they lead to where it stood. What is
 * there asks for everything it always asks for: the code opens nothing.
 */
#pragma once

#include "core/base/secret.h"
#include "core/service/call.h"

enum { HANDOVER_CODE = 6, HANDOVER_SECONDS = 600, HANDOVER_TARGET = 200 };

MUST_USE enum err
handover_make(struct call *c, const char *target, struct secret *code);

/* As typed: any case, blanks and hyphens do not count. NOT_FOUND otherwise. */
MUST_USE enum err
handover_take(struct call *c, const char *code, const char **target);
