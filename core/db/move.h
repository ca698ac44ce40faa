/*
 * move.h - the whole store from one engine to the other
 *
 * Every table of the schema, in the order in which the schema made them, so
 * that whom a row refers to is there before it. What was written is read back
 * beside the source, row by row and column by column, and counts only then.
 * The old store is put aside under another name: opened by mistake, it would
 * let in whom the new one has thrown out.
 */
#pragma once

#include "core/db/db.h"

struct db_moved {
	int64_t tables, rows;
	char aside[DB_WHY]; /* where the old store is now; "": in its place */
};

/*
 * Moves the store of FROM to the place of TO, one of them a file and one a
 * server. BUSY: programs have either of them open. EXISTS: there is a store at
 * TO; one that was left half-made by a move or by `init` is not in the way.
 * BAD_STATE: the old one is of another schema. CORRUPT: a value that cannot be,
 * or that reads back differently, with table and column in WHY. After a
 * failure the old store is as it was, and nothing is at TO. When it went well,
 * but the old one could not be put aside, WHY has the reason.
 */
MUST_USE enum err db_move(const struct db_options *from,
    const struct db_options *to, struct db_moved *out, char why[static DB_WHY]);
