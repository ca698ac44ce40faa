#include "portal/web/cookie.h"

#include <string.h>

#include "portal/web/http.h"

/* cookie-octet of RFC 6265 4.1.1 */
static bool
octets_ok(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c <= 0x20 || c >= 0x7f || strchr("\",;\\", c) != NULL)
			return false;
	}
	return true;
}

const char *
cookie_get(const char *header, const char *name, struct arena *a)
{
	const char *found = NULL;
	size_t found_len = 0, name_len = strlen(name);
	int hits = 0;

	for (const char *p = header; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, ";");

		if (len > name_len && memcmp(p, name, name_len) == 0 &&
		    p[name_len] == '=') {
			found = p + name_len + 1;
			found_len = len - name_len - 1;
			hits++;
		}
		p += len + (p[len] == ';');
		p += strspn(p, " ");
	}
	if (hits != 1 || found_len > COOKIE_VALUE_MAX ||
	    !octets_ok(found, found_len))
		return NULL;
	return arena_copy(a, found, found_len);
}

void
cookie_set(
    struct reply *rp, const char *name, const char *value, int64_t seconds)
{
	if (seconds == 0)
		reply_headerf(rp, "set-cookie",
		    "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax", name,
		    value);
	else
		reply_headerf(rp, "set-cookie",
		    "%s=%s; Path=/; Max-Age=%lld; Secure; HttpOnly; "
		    "SameSite=Lax",
		    name, value, seconds < 0 ? 0LL : (long long)seconds);
}
