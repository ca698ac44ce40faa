/*
 * kiosk.h - a screen that gives out guests' passwords and forgets each of them
 *
 * The front desk makes a device a kiosk: a voucher for many guests whose code
 * is in a cookie of that device, signed and for twelve hours. Nobody is signed
 * in there, and nobody can sign in: the screen makes passwords and nothing
 * else. Withdrawing the voucher ends it from anywhere.
 */
#pragma once

#include "portal/web/page.h"

enum {
	KIOSK_HOURS = 12,
	KIOSK_SHOW = 60,  /* seconds a password stays on the screen */
	KIOSK_IDLE = 300, /* after which the first page is as new */
};

/* The name of a kiosk's voucher, by which it is told from others. */
#define KIOSK_NAME "Kiosk"

/* Makes this device a kiosk that redeems CODE for passwords of HOURS (0: as the
 * plan says). */
MUST_USE enum err kiosk_begin(struct page *p, const char *code, int64_t hours);

/* Its code, and how long its passwords last; NULL when this device is none.
 * HOURS may be NULL. */
const char *kiosk_code(struct page *p, int64_t *hours);

/* This device is none any more. */
void kiosk_end(struct page *p);
