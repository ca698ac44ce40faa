/* What anybody asks the port without TLS for, and what a client of ACME left
 * there: the first line is a path, the rest the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "portal/web/acme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look(const char *path, const char *text, size_t len)
{
	const char *token = acme_token(path);
	size_t n;

	if (token == NULL)
		return;
	if (!acme_path(path) || strlen(token) > ACME_TOKEN_MAX ||
	    strpbrk(token, "./%\\") != NULL)
		__builtin_trap();
	n = acme_says(token, text, len);
	if (n == 0)
		return;
	if (n > len || n > ACME_SAYS_MAX ||
	    memcmp(text, token, strlen(token)) != 0 ||
	    memchr(text, '\n', n) != NULL || memchr(text, '\0', n) != NULL)
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = malloc(size + 1);
	const uint8_t *end = memchr(data, '\n', size);
	size_t n = end == NULL ? size : (size_t)(end - data);
	size_t from = end == NULL ? size : n + 1;

	if (path == NULL)
		return 0;
	memcpy(path, data, n);
	path[n] = '\0';
	look(path, (const char *)data + from, size - from);
	free(path);
	return 0;
}
