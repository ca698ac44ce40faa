/*
 * psk.h - from passphrase to pairwise master key
 *
 * WPA2-PSK: PBKDF2 with HMAC-SHA1 over the passphrase, salted with the SSID,
 * 4096 rounds, 32 octets (IEEE Std 802.11-2020 J.4.1). 64 hexadecimal digits
 * are not a passphrase but the PMK itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum {
	PSK_MIN = 8,
	PSK_MAX = 63, /* characters of a passphrase */
	PSK_HEX = 64, /* digits of a PMK */
	PSK_PMK = 32, /* octets of a PMK */
	PSK_SSID_MAX = 32,
	PSK_ROUNDS = 4096
};

/* 8-63 printable ASCII characters (0x20-0x7e), or exactly 64 hex digits. */
bool psk_allowed(const char *text, size_t len);

/* True when TEXT is the 64 hex digits of a PMK. */
bool psk_is_hex(const char *text, size_t len);

/* BAD_INPUT when the passphrase is not allowed or the SSID is empty or longer
 * than 32 octets. About half a millisecond of one core. */
MUST_USE enum err psk_derive(const char *passphrase, size_t len,
    const void *ssid, size_t ssid_len, uint8_t pmk[static PSK_PMK]);
