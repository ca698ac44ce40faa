/* What became of a guest's password: printed, sent, moved. */
#include <string.h>

#include "core/service/audit.h"
#include "core/service/keys_own.h"
#include "core/service/passes.h"

enum err
passes_trail(struct call *c, const struct uid *key, size_t limit,
    struct audit_row **out, size_t *n)
{
	struct call machine = *c;
	struct wifi_key k;
	enum err e;

	*out = NULL;
	*n = 0;
	if ((e = act_need(c, ACT_DESK)) ||
	    (e = keys_own_get(c, key, KEYS_SEE, &k)))
		return e;
	if (k.kind != KEY_GUEST)
		return ERR_NOT_FOUND;
	machine.actor = (struct actor){.kind = ACTOR_SYSTEM};
	return audit_list(&machine, NULL, key, 0, limit, out, n);
}
