/*
 * open_parts.h - what opening and restoring share
 *
 * For the files of this folder only.
 */
#pragma once

#include "core/model/why.h"
#include "core/store/store.h"

struct conf;

/* Puts TEXT into WHY and returns E. */
enum err open_say(struct why *why, enum err e, const char *text);

/* Where the configuration has the store. */
struct store_place open_place(const struct conf *conf);

/* Keeps in the store what tells a wrong master key from a damaged row. */
MUST_USE enum err open_seal_check(struct store *st, const struct ring *ring);

/* Do this store and this master key belong together? */
MUST_USE enum err
open_check_seal(struct store *st, const struct ring *ring, struct why *why);
