/*
 * profile_write.h - one writer for each kind of profile
 */
#pragma once

#include "core/handout/profile.h"

void profile_apple(const struct handout *h, struct buf *out);
void profile_windows(const struct handout *h, struct buf *out);
void profile_networkmanager(const struct handout *h, struct buf *out);
void profile_chromeos(const struct handout *h, struct buf *out);
void profile_wpa_supplicant(const struct handout *h, struct buf *out);

enum { PROFILE_UUID = 36 };

/* The same name for the same key and PART, so that a file loaded again
 * replaces the one before. */
void profile_uuid(const struct handout *h, const char *part,
    char out[static PROFILE_UUID + 1]);

/* What a list of networks calls it. */
const char *profile_title(const struct handout *h);

/* True when the passphrase is a raw key of 64 hex digits. */
bool profile_raw(const struct handout *h);
