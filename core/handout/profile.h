/*
 * profile.h - the key as a file a device understands
 */
#pragma once

#include "core/handout/wifi.h"

#define PROFILES(X)                                                            \
	X(PROFILE_APPLE, "apple", "application/x-apple-aspen-config",          \
	    "wifi.mobileconfig")                                               \
	X(PROFILE_WINDOWS, "windows", "application/xml", "wifi.xml")           \
	X(PROFILE_NETWORKMANAGER, "networkmanager",                            \
	    "application/octet-stream", "wifi.nmconnection")                   \
	X(PROFILE_CHROMEOS, "chromeos", "application/json", "wifi.onc")        \
	X(PROFILE_WPA_SUPPLICANT, "wpa_supplicant", "text/plain",              \
	    "wpa_supplicant.conf")

enum profile_kind {
#define PROFILE_ITEM_(name, ...) name,
	PROFILES(PROFILE_ITEM_)
#undef PROFILE_ITEM_
};

bool profile_parse(const char *word, enum profile_kind *out);
const char *profile_word(enum profile_kind k);
const char *profile_media_type(enum profile_kind k);
const char *profile_file_name(enum profile_kind k);

/* Writes the file. Characters a format cannot hold, and what is no SSID or no
 * passphrase, are BAD_INPUT. Apple profiles are unsigned here. */
MUST_USE enum err
profile_write(enum profile_kind k, const struct handout *h, struct buf *out);

/* Who signs Apple profiles; borrowed from whoever has it. */
struct profile_signer {
	struct x509_st *cert;
	struct stack_st_X509 *chain; /* what leads to its root, or NULL */
	struct evp_pkey_st *key;     /* may be one that asks for its half */
};

/* PROFILE inside a CMS SignedData (DER; RFC 5652 5), as iOS and macOS want it.
 * INTERNAL when the key does not sign. */
MUST_USE enum err profile_sign(
    const struct profile_signer *s, const struct buf *profile, struct buf *out);
