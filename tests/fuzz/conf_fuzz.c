/* Configuration from anywhere: read or refused, with a reason. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	OWN(conf) struct conf *c = NULL;
	char why[CONF_WHY];

	if (conf_parse("fuzz", (const char *)p, n, &c, why) == ERR_OK)
		assert(c->portal.port >= 1 && c->portal.port <= 65535);
	else
		assert(c == NULL && why[0] != '\0');
	return 0;
}
