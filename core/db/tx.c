#include "core/db/tx.h"

#include "core/base/log.h"
#include "core/db/sqlite.h"

static enum err
begin(struct db *db, struct tx *tx, enum sqlite_fixed how)
{
	enum err e;

	if (db->in_tx) {
		LOG(ERROR, "db.misuse", LOG_S("reason", "nested transaction"));
		return ERR_INTERNAL;
	}
	if ((e = sqlite_fixed_run(db, how)))
		return e;
	db->in_tx = true;
	tx->db = db;
	return ERR_OK;
}

enum err
tx_write(struct db *db, struct tx *tx)
{
	return begin(db, tx, FIXED_WRITE);
}

enum err
tx_read(struct db *db, struct tx *tx)
{
	return begin(db, tx, FIXED_READ);
}

enum err
tx_commit(struct tx *tx)
{
	enum err e;

	if (tx->db == NULL)
		return ERR_INTERNAL;
	/* a failure such as a full disk can end a transaction by itself */
	if (sqlite3_get_autocommit(tx->db->h))
		e = ERR_STORE;
	else
		e = sqlite_fixed_run(tx->db, FIXED_COMMIT);
	if (e == ERR_OK) {
		tx->db->in_tx = false;
		tx->db = NULL;
	}
	tx_own(tx);
	return e;
}

void
tx_own(struct tx *tx)
{
	if (tx->db == NULL)
		return;
	if (!sqlite3_get_autocommit(tx->db->h))
		(void)sqlite_fixed_run(tx->db, FIXED_ROLLBACK);
	tx->db->in_tx = false;
	tx->db = NULL;
}
