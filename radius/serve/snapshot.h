/*
 * snapshot.h - what is known, sealed in a file
 *
 * So that the responder can start while the store is away. The file is
 * replaced in one step and holds nothing in clear. It is read by the version
 * that wrote it: one that another version wrote counts as none.
 */
#pragma once

#include "radius/serve/state.h"

/* Writes the file the configuration names; the caller is the writer of K. MARK
 * is of the store K is from. */
MUST_USE enum err
snapshot_save(struct state *st, struct known *k, const struct world_mark *mark);

/* Fills K, which is new. NOT_FOUND when there is no file of this version,
 * CORRUPT or SEALED when it does not open. */
MUST_USE enum err
snapshot_load(struct state *st, struct known *k, struct world_mark *mark);
