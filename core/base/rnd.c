#include "core/base/rnd.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void
rnd_bytes(void *out, size_t len)
{
	unsigned char *p = out;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			abort();
		p += n;
		len -= (size_t)n;
	}
}

uint32_t
rnd_below(uint32_t n)
{
	uint32_t v, reject;

	if (n < 2)
		return 0;
	reject = -n % n; /* 2^32 mod n: these lowest values would be favoured */
	do
		rnd_bytes(&v, sizeof(v));
	while (v < reject);
	return v % n;
}
