/* A batch of vouchers runs low: those who print more want to know. */
#include <stdio.h>

#include "core/service/act.h"
#include "core/service/events.h"
#include "core/service/vouchers_parts.h"

enum { LOW_PERCENT = 10 };

static enum err
tell(struct call *c, const struct uid *batch, const char *name, int64_t left,
    int64_t size)
{
	OWN(buf) struct buf d = DETAIL;
	char once[80], text[400];

	detail_text(&d, "name", name);
	detail_int(&d, "left", left);
	detail_int(&d, "size", size);
	(void)snprintf(text, sizeof(text), "{%s}", buf_str(&d));
	(void)snprintf(once, sizeof(once), "voucher.low:%s:%lld", batch->s,
	    (long long)left);
	return events_tell(c, &(struct event){.type = "voucher.low",
				  .noun = "pass",
				  .id = batch->s,
				  .detail = text,
				  .once = once});
}

enum err
vouchers_stock(struct call *c, const struct uid *voucher)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	char name[NAME_MAX_ + 1];
	int64_t size, left;
	struct uid batch;
	enum err e;

	e = db_one(
	    c->store->db, SQL_VOUCHER_STOCK, DB_ARGS(DB_TEXT(voucher->s)), &r);
	if (e == ERR_NOT_FOUND)
		return ERR_OK; /* one by itself */
	if (e)
		return e;
	if (!uid_parse(db_text(&r, 0), &batch))
		return ERR_CORRUPT;
	(void)snprintf(name, sizeof(name), "%s", db_text(&r, 1));
	size = db_int(&r, 2);
	left = db_int(&r, 3);
	if ((e = db_end(&r)))
		return e;
	return left == 0 || left == size * LOW_PERCENT / 100
		   ? tell(c, &batch, name, left, size)
		   : ERR_OK;
}
