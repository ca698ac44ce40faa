#include "portal/web/route.h"

#include <string.h>

#include "core/base/uid.h"

const struct route routes[] = {
#define ROUTE(method, pattern, handler, who, guards)                           \
	{HTTP_##method, pattern, handler, #handler, who, guards},
#include "portal/web/routes.def"
#undef ROUTE
};
const size_t routes_count = sizeof(routes) / sizeof(*routes);

static bool
word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '-';
}

static bool
token_char(char c)
{
	return word_char(c) || (c >= 'A' && c <= 'Z');
}

static bool
urn_char(char c)
{
	return token_char(c) || c == ':' || c == '.';
}

/* RFC 3986: what needs no escape in a path */
static bool
own_char(char c)
{
	return urn_char(c) || c == '~' || c == '@' || c == '+';
}

/* How much of PATH a hole of this kind takes; 0 when it does not fit. */
static size_t
hole(const char *kind, const char *path)
{
	char id[UID_LEN + 1];
	struct uid uid;
	size_t n = 0, most;

	if (strncmp(kind, "{id}", 4) == 0) {
		n = strcspn(path, "/.");
		if (n != UID_LEN)
			return 0;
		memcpy(id, path, n);
		id[n] = '\0';
		return uid_parse(id, &uid) ? n : 0;
	}
	if (strncmp(kind, "{word}", 6) == 0) {
		for (most = 64; n <= most && word_char(path[n]);)
			n++;
		return n > most ? 0 : n;
	}
	if (strncmp(kind, "{own}", 5) == 0) {
		for (most = 64; n <= most && own_char(path[n]);)
			n++;
		return n > most ? 0 : n;
	}
	if (strncmp(kind, "{urn}", 5) == 0) {
		for (most = 200; n <= most && urn_char(path[n]);)
			n++;
		return n > most ? 0 : n;
	}
	for (most = 86; n <= most && token_char(path[n]);)
		n++;
	return n > most ? 0 : n;
}

static bool
fits(const char *pattern, const char *path, struct arena *a, const char **args)
{
	int n = 0;

	while (*pattern != '\0') {
		size_t len;

		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		if ((len = hole(pattern, path)) == 0 || n == HTTP_ARGS_MAX)
			return false;
		if (args != NULL &&
		    (args[n] = arena_copy(a, path, len)) == NULL)
			return false;
		n++;
		path += len;
		pattern = strchr(pattern, '}') + 1;
	}
	return *path == '\0';
}

const struct route *
route_find(enum http_method method, const char *path, struct arena *a,
    const char **args, int *allowed)
{
	if (method == HTTP_HEAD)
		method = HTTP_GET;
	if (allowed != NULL)
		*allowed = 0;
	for (size_t i = 0; i < routes_count; i++) {
		if (!fits(routes[i].pattern, path, NULL, NULL))
			continue;
		if (routes[i].method == method)
			return args == NULL ||
				       fits(routes[i].pattern, path, a, args)
				   ? &routes[i]
				   : NULL;
		if (allowed != NULL)
			*allowed |= (int)routes[i].method;
	}
	return NULL;
}

const char *
route_return(const char *path)
{
	const struct route *r;

	if (path == NULL || path[0] != '/')
		return "/";
	r = route_find(HTTP_GET, path, NULL, NULL, NULL);
	return r != NULL && r->who != ANYONE && r->who != TOKEN ? path : "/";
}
