#include "portal/web/barred.h"

#include <string.h>

#include "core/service/devices.h"
#include "portal/web/said.h"

enum err
barred_page(struct page *p, const struct mac *mac, bool *done)
{
	struct device *d;
	size_t n;
	enum err e;

	*done = false;
	if (!p->signed_in)
		return ERR_OK;
	if ((e = devices_of_person(&p->call, &p->session.person, &d, &n)))
		return e;
	for (size_t i = 0; i < n; i++)
		if (d[i].blocked && mac_same(&d[i].mac, mac)) {
			*done = true;
			return PAGE(
			    p, blocked, .station = said_mac(p->arena, mac));
		}
	return ERR_OK;
}
