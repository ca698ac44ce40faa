/* Files of the machine that are read early: key rings and time zones. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/crypt/seal.h"
#include "core/model/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	OWN(ring) struct ring *r = NULL;
	OWN(zone) struct zone *z = NULL;
	char why[RING_WHY];

	if (ring_parse((const char *)p, n, &r, why) == ERR_OK)
		assert(ring_keys(r) >= 1 && ring_keys(r) <= RING_KEYS_MAX);
	else
		assert(r == NULL && why[0] != '\0');
	if (zone_parse(p, n, &z) == ERR_OK)
		assert(zone_day_end(z, 1795608000) > 1795608000);
	return 0;
}
