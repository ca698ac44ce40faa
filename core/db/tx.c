#include "core/db/tx.h"

#include "core/base/log.h"
#include "core/db/driver.h"

static enum err
begin(struct db *db, struct tx *tx, enum tx_kind kind)
{
	enum err e;

	if (db->in_tx) {
		LOG(ERROR, "db.misuse", LOG_S("reason", "nested transaction"));
		return ERR_INTERNAL;
	}
	if ((e = db->driver->begin(db, kind)))
		return e;
	db->in_tx = true;
	tx->db = db;
	return ERR_OK;
}

enum err
tx_write(struct db *db, struct tx *tx)
{
	return begin(db, tx, TX_WRITE);
}

enum err
tx_read(struct db *db, struct tx *tx)
{
	return begin(db, tx, TX_READ);
}

enum err
tx_commit(struct tx *tx)
{
	enum err e;

	if (tx->db == NULL)
		return ERR_INTERNAL;
	if ((e = tx->db->driver->commit(tx->db)) == ERR_OK) {
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
	tx->db->driver->rollback(tx->db);
	tx->db->in_tx = false;
	tx->db = NULL;
}
