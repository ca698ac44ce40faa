#include "radius/wire/stream.h"

enum { LENGTH_END = 4 };

enum stream_is
stream_next(const uint8_t *p, size_t len, size_t *whole)
{
	*whole = 0;
	if (len < LENGTH_END)
		return STREAM_MORE;
	*whole = (size_t)p[2] << 8 | p[3];
	if (*whole < PACKET_HEADER || *whole > PACKET_MAX)
		return STREAM_BROKEN;
	return len < *whole ? STREAM_MORE : STREAM_PACKET;
}
