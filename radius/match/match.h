/*
 * match.h - which key made this MIC?
 *
 * The access point forwards the first two messages of the handshake; a key is
 * right when its PMK makes the MIC of message 2 (IEEE Std 802.11-2020 12.7).
 * AKM 2 (PSK), 6 (PSK-SHA256) and 4 (FT-PSK). Pure functions and an immutable
 * index: no clock, no I/O, no locks.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/own.h"

enum {
	MATCH_PMK = 32,
	MATCH_NONCE = 32,
	MATCH_EAPOL_MIN = 99,
	MATCH_EAPOL_MAX = 1000,
	MATCH_NO_KEY = UINT32_MAX,
};

/* Selectors of IEEE Std 802.11-2020 Table 9-151. */
enum match_akm { AKM_PSK = 2, AKM_FT_PSK = 4, AKM_PSK_SHA256 = 6 };

/* One observed handshake. Slices are borrowed. */
struct handshake {
	enum match_akm akm;
	uint8_t aa[6], spa[6]; /* authenticator (BSSID), station */
	uint8_t anonce[MATCH_NONCE], snonce[MATCH_NONCE];
	const uint8_t *ssid;
	size_t ssid_len;
	const uint8_t *eapol; /* message 2 from the 802.1X header on */
	size_t eapol_len;
	uint8_t mic[16];
	uint16_t cipher_bits; /* PTK bits of AKM 6 and 4: 384, or 512 */
	/* FT-PSK, from the key data of message 2 */
	uint8_t mdid[2], r1kh[6], pmkr1name[16];
	const uint8_t *r0kh;
	size_t r0kh_len;
};

/* Why a frame is of no use, for `latchkey ap why`. */
enum handshake_trouble {
	HANDSHAKE_FINE,
	HANDSHAKE_SHORT,
	HANDSHAKE_LONG,
	HANDSHAKE_NOT_KEY,      /* no EAPOL-Key frame of descriptor 2 */
	HANDSHAKE_NOT_MESSAGE2, /* wrong key information bits */
	HANDSHAKE_ZERO_NONCE,
	HANDSHAKE_WPA1,
	HANDSHAKE_AKM, /* one that cannot be searched (SAE, 802.1X, ...) */
	HANDSHAKE_FT,  /* FT elements missing or malformed */
};
const char *handshake_trouble_text(enum handshake_trouble t);

/* Reads message 2 (EAPOL, LEN octets). AKM is WLAN-AKM-Suite (OUI and type) or
 * 0 when the access point did not say: then it is taken from the RSNE and the
 * key descriptor version. Strict; anything else is refused with its reason. */
enum handshake_trouble
handshake_read(uint32_t akm, const uint8_t aa[6], const uint8_t spa[6],
    const void *ssid, size_t ssid_len, const uint8_t anonce[MATCH_NONCE],
    const uint8_t *eapol, size_t len, struct handshake *out);

/* True when PMK made the MIC: the reference all faster variants are held to. */
bool match_verify(const struct handshake *h, const uint8_t pmk[MATCH_PMK]);

/* The MIC that PMK makes, by the reference; false when the library fails. */
bool match_mic(const struct handshake *h, const uint8_t pmk[MATCH_PMK],
    uint8_t mic[static 16]);

/* --- the index of one network --- */

/* PMK midstates, structure of arrays; immutable once built, and shared by
 * threads. Slots are numbered 0..n-1 in the order given. */
struct match_index;

/* Builds from N PMKs (32 octets each, one after another). Slots whose LIVE bit
 * (a byte each; NULL: all) is 0 are never found. NO_MEMORY. */
MUST_USE enum err match_index_new(const uint8_t *pmks, const uint8_t *live,
    size_t n, struct match_index **out);
void match_index_free(struct match_index *x);
size_t match_index_size(const struct match_index *x); /* octets of memory */
size_t match_index_count(const struct match_index *x);

/* Searches slots FROM..TO-1 (so that a pool can split the work) and returns the
 * slot whose PMK made the MIC, verified by the reference, or MATCH_NO_KEY.
 * STOP, when not NULL, is polled every few thousand keys: non-zero gives up. */
uint32_t match_search(const struct match_index *x, const struct handshake *h,
    size_t from, size_t to, const volatile int *stop);

/* Picks the fastest variant this processor has after checking each against the
 * reference; a variant that is wrong is not used and logged. Called once at
 * start. Returns the name: "portable", "shani", "avx2", "avx512". */
const char *match_start(void);

/* For tests and benchmarks: force a variant by name; false when this processor
 * has not got it. */
bool match_use(const char *variant);
