/* Heads of requests: read, or refused with a status, and always the same. */
#include <assert.h>
#include <string.h>

#include "portal/web/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(arena) struct arena *a = arena_new(HTTP_ARENA_MAX);
	const char *p = (const char *)data;
	size_t seen = 0, end = 0, whole_seen = 0, whole_end = 0;
	int whole = head_scan(p, size, &whole_seen, &whole_end), status = 0;
	struct head h;

	/* the same, cut into pieces */
	for (size_t len = 0; len <= size && status == 0 && end == 0; len++)
		status = head_scan(p, len, &seen, &end);
	assert(end == whole_end || whole != 0 || status != 0);
	if (whole != 0 || whole_end == 0)
		return 0;
	status = head_parse(a, p, whole_end, &h);
	if (status == 0) {
		assert(h.path[0] == '/' && strstr(h.path, "/../") == NULL);
		assert(h.nheaders > 0 && h.nheaders <= HTTP_HEADERS_MAX);
		assert(*h.host != '\0');
	} else {
		assert(status >= 400 && status < 600);
	}
	return 0;
}
