#include "core/service/act.h"
#include "core/service/people.h"

enum err
people_mail_proven(struct call *c, const struct uid *id, bool *proven)
{
	OWN(db_rows) struct db_rows r = DB_ROWS_NONE;
	enum err e;

	*proven = false;
	if (!act_is(c, id))
		return ERR_FORBIDDEN;
	if ((e = db_one(
		 c->store->db, SQL_PERSON_CLAIMS, DB_ARGS(DB_TEXT(id->s)), &r)))
		return e;
	*proven = db_int(&r, 1) != 0;
	return db_end(&r);
}
