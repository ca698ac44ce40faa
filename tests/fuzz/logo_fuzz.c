/* The operator's picture, damaged. */
#include "core/handout/logo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(logo) struct logo *l = NULL;

	if (logo_read(data, size, &l) != ERR_OK) {
		if (l != NULL)
			__builtin_trap();
		return 0;
	}
	if (l->w < 1 || l->h < 1 || l->w > LOGO_SIDE_MAX ||
	    l->h > LOGO_SIDE_MAX || l->len != size)
		__builtin_trap();
	/* every pixel is there */
	for (long i = 0, sum = 0; i < 3L * l->w * l->h; i++)
		sum += l->rgb[i];
	return 0;
}
