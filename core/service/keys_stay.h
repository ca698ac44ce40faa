/*
 * keys_stay.h - the things of a guest leave with them
 *
 * For the files of this folder only. A guest is a local person who has
 * passwords as a guest, and none of their own that works.
 */
#pragma once

#include "core/service/act.h"

/* When the stay of PERSON ends: the last end of what they have as a guest.
 * 0 when it is open, or they are no guest. */
MUST_USE enum err
keys_stay_end(struct call *c, const struct uid *person, int64_t *out);

/* BAD_INPUT when K is of a guest's thing, and END (0: never) is after the
 * stay. */
MUST_USE enum err
keys_stay_allows(struct call *c, const struct wifi_key *k, int64_t end);

/* K, stored as it is now, ended at BEFORE: when it is a guest's, their things
 * end no later. Those that ended with it still do. In the caller's
 * transaction. */
MUST_USE enum err
keys_stay_moved(struct call *c, const struct wifi_key *k, int64_t before);
