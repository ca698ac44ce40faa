/*
 * tx.h - all of it or nothing
 *
 *	OWN(tx) struct tx tx = TX_NONE;
 *
 *	if ((e = tx_write(db, &tx)) || (e = change(db)))
 *		return e;              -- rolled back
 *	return tx_commit(&tx);         -- on disk when it says OK
 */
#pragma once

#include "core/db/db.h"

struct tx {
	struct db *db;
};

#define TX_NONE ((struct tx){0})

/* Begins a transaction that writes: takes the writer's place at once, waiting
 * for others (DB_BUSY_MS; PGSQL_LOCK_MS), so that it cannot fail later for want
 * of it. INTERNAL when this connection has one open already. */
MUST_USE enum err tx_write(struct db *db, struct tx *tx);

/* Begins a transaction that only reads: one picture of the store. */
MUST_USE enum err tx_read(struct db *db, struct tx *tx);

/* Ends it. After a failure nothing of it remains. */
MUST_USE enum err tx_commit(struct tx *tx);

/* Rolls back unless committed. */
void tx_own(struct tx *tx);
