#include "core/db/tx.h"

#include "core/base/clock.h"
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
	db->read_since = kind == TX_READ ? clock_mono_ms() : 0;
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

/* While somebody reads in one go the log of the store cannot be emptied. */
static void
read_over(struct db *db)
{
	int64_t took =
	    db->read_since ? (clock_mono_ms() - db->read_since) / 1000 : 0;

	if (took >= DB_READ_LONG)
		LOG(WARN, "db.long_read", LOG_I("seconds", took));
	db->read_since = 0;
}

enum err
tx_commit(struct tx *tx)
{
	enum err e;

	if (tx->db == NULL)
		return ERR_INTERNAL;
	if ((e = tx->db->driver->commit(tx->db)) == ERR_OK) {
		tx->db->in_tx = false;
		read_over(tx->db);
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
	read_over(tx->db);
	tx->db = NULL;
}
