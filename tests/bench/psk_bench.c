/*
 * PMKs per second: one by one, and many at once.
 */
#include <stdio.h>
#include <time.h>

#include "core/crypt/psk_many.h"

enum { FEW = 100, MANY = 4096 };

static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(void)
{
	static struct psk_many keys[MANY];
	double one, many, at = cpu_seconds();

	for (size_t i = 0; i < FEW; i++)
		if (psk_derive("correct horse 42", 16, "Corp", 4, keys->pmk))
			return 1;
	one = FEW / (cpu_seconds() - at);
	for (size_t i = 0; i < MANY; i++)
		keys[i] = (struct psk_many){
		    .passphrase = "correct horse 42", .len = 16};
	printf("variant=%s\n", psk_many_variant());
	at = cpu_seconds();
	if (psk_many(keys, MANY, "Corp", 4))
		return 1;
	many = MANY / (cpu_seconds() - at);
	printf("one_by_one=%.0f/s many=%.0f/s ratio=%.2f\n", one, many,
	    many / one);
	return 0;
}
