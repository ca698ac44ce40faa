#include "portal/web/vhost.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "core/conf/conf.h"

enum { HTTPS = 443 };

struct name {
	const char *p;
	size_t len;
	int64_t port; /* 0: none given */
};

/* `host`, `host:port`, `[v6]`, `[v6]:port`; false for anything odd. */
static bool
split(const char *t, size_t len, struct name *out)
{
	const char *bracket = *t == '[' ? memchr(t, ']', len) : NULL;
	const char *colon = bracket != NULL ? bracket + 1 : memchr(t, ':', len);
	char port[6];

	*out = (struct name){.p = t, .len = len};
	if (len == 0 || (*t == '[' && bracket == NULL))
		return false;
	if (colon == NULL || colon == t + len)
		return true;
	out->len = (size_t)(colon - t);
	len -= out->len + 1;
	if (*colon != ':' || len == 0 || len >= sizeof(port))
		return false;
	memcpy(port, colon + 1, len);
	port[len] = '\0';
	return text_int(port, 1, 65535, &out->port);
}

static bool
same(const struct name *a, const char *b, size_t len)
{
	return a->len == len && strncasecmp(a->p, b, len) == 0;
}

/* The host and port of a URL that the configuration has checked. */
static bool
authority_of(const char *url, struct name *out)
{
	const char *start = strstr(url, "://");

	if (start == NULL)
		return false;
	start += 3;
	if (!split(start, strcspn(start, "/?#"), out))
		return false;
	if (out->port == 0)
		out->port = HTTPS;
	return true;
}

static bool
among(const struct name *host, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same(host, names[i], strlen(names[i])))
			return true;
	return false;
}

bool
vhost_ours(const struct conf *conf, const char *host)
{
	static const char *const machine[] = {
	    "localhost", "127.0.0.1", "[::1]"};
	const struct conf_list *more = &conf->portal.hosts;
	struct name it, url;
	bool has_url = authority_of(conf->portal.public_url, &url);

	/* an entry of hosts may hold a port of its own */
	for (size_t i = 0; i < more->n; i++)
		if (strcasecmp(host, more->v[i]) == 0)
			return true;
	if (!split(host, strlen(host), &it))
		return false;
	if (it.port != 0 && it.port != conf->portal.port &&
	    it.port != (has_url ? url.port : HTTPS))
		return false;
	if (has_url && same(&it, url.p, url.len))
		return true;
	if (!has_url && more->n == 0)
		return among(&it, machine, sizeof(machine) / sizeof(*machine));
	return among(&it, more->v, more->n);
}
