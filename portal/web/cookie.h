/*
 * cookie.h - cookies, read exactly and written safely
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

struct reply;

enum { COOKIE_VALUE_MAX = 4096, COOKIES_MAX = 100 };

/* The value of the cookie called exactly NAME in a Cookie header (may be
 * NULL). NULL when it is absent, there more than once, or holds anything but
 * the characters RFC 6265 4.1.1 allows. */
const char *cookie_get(const char *header, const char *name, struct arena *a);

/* Secure, HttpOnly, SameSite=Lax, Path=/. SECONDS 0: until the browser ends;
 * negative: forget it. */
void cookie_set(
    struct reply *rp, const char *name, const char *value, int64_t seconds);
