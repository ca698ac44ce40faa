/* What an access point may be. */
#include <arpa/inet.h>
#include <string.h>

#include "core/base/text.h"
#include "core/model/noun_parts.h"

/* An address, or a range whose bits after the prefix are zero. */
static bool
range_ok(const char *text, size_t size)
{
	char host[64];
	uint8_t a[16] = {0};
	const char *slash = strchr(text, '/');
	int64_t prefix = 0;
	int bits;

	if (strnlen(text, size) >= size || size > sizeof(host))
		return false;
	text_copy(host, sizeof(host), text);
	if (slash != NULL)
		host[slash - text] = '\0';
	bits = inet_pton(AF_INET, host, a) == 1    ? 32
	       : inet_pton(AF_INET6, host, a) == 1 ? 128
						   : 0;
	if (bits == 0)
		return false;
	if (slash == NULL)
		return true;
	if (!text_int(slash + 1, 0, bits, &prefix))
		return false;
	for (int i = (int)prefix; i < bits; i++)
		if (a[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

/* host:port, [2001:db8::1]:port */
static bool
host_port_ok(const char *t, size_t size)
{
	char host[64];
	uint8_t a[16];
	const char *colon = strrchr(t, ':');
	int64_t port;
	size_t n;

	if (strnlen(t, size) >= size || colon == NULL || colon == t ||
	    !text_int(colon + 1, 1, 65535, &port))
		return false;
	n = (size_t)(colon - t);
	if (*t == '[') {
		if (n < 3 || t[n - 1] != ']' || n - 1 > sizeof(host))
			return false;
		memcpy(host, t + 1, n - 2);
		host[n - 2] = '\0';
		return inet_pton(AF_INET6, host, a) == 1;
	}
	return strspn(t, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789.-") == n;
}

static bool
dns_name_ok(const char *t)
{
	size_t n = strlen(t);

	return n > 0 &&
	       strspn(t, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == n &&
	       t[0] != '.' && t[n - 1] != '.' && strstr(t, "..") == NULL;
}

bool
ap_tls(const char *text, struct ap_tls *out)
{
	static const char only[] = " 1.1", hash[] = "sha256:";
	size_t n = strlen(text), k = sizeof(only) - 1;
	char *t = out->text;

	*out = (struct ap_tls){.kind = AP_TLS_NONE};
	if (n >= sizeof(out->text))
		return false;
	memcpy(t, text, n);
	if (n > k && strcmp(t + n - k, only) == 0) {
		out->only_1_1 = true;
		t[n - k] = '\0';
	}
	if (t[0] == '\0')
		return true;
	if (strcmp(t, "psk") == 0)
		out->kind = AP_TLS_PSK;
	else if (strncmp(t, hash, sizeof(hash) - 1) == 0) {
		out->kind = AP_TLS_HASH;
		memmove(t, t + sizeof(hash) - 1, strlen(t) - sizeof(hash) + 2);
		return strlen(t) == 64 && strspn(t, "0123456789abcdef") == 64;
	} else
		out->kind = AP_TLS_NAME;
	return dns_name_ok(t);
}

/* Where it asks from, or who it is by TLS: one of the two at least. */
static enum err
ap_place_check(const struct access_point *a, struct why *w)
{
	struct ap_tls tls;

	if (strnlen(a->tls, sizeof(a->tls)) == sizeof(a->tls) ||
	    !ap_tls(a->tls, &tls))
		return BAD(w, "tls",
		    "Write psk, the name in its certificate in lower case, or "
		    "sha256: and 64 digits; then perhaps 1.1.");
	if (a->address[0] == '\0' && tls.kind != AP_TLS_NONE)
		return ERR_OK;
	if (!range_ok(a->address, sizeof(a->address)))
		return BAD(w, "address",
		    "Write an address (192.0.2.7) or a range whose last bits "
		    "are zero (192.0.2.0/24, 2001:db8::/64).");
	return ERR_OK;
}

enum err
ap_check(const struct access_point *a, struct why *w)
{
	enum dialect dialect;
	enum err e;

	if (!noun_name_ok(a->name, sizeof(a->name)))
		return BAD(w, "name",
		    "An access point needs a name of at most %d octets.",
		    NAME_MAX_);
	if ((e = ap_place_check(a, w)))
		return e;
	if (strnlen(a->dialect, sizeof(a->dialect)) == sizeof(a->dialect) ||
	    !dialect_parse(a->dialect, &dialect))
		return BAD(w, "dialect",
		    "A dialect is a word such as generic or hostapd.");
	if (!noun_printable(a->group, sizeof(a->group)) ||
	    strchr(a->group, ',') != NULL)
		return BAD(w, "group", "A group is one name, without commas.");
	if (a->coa_address[0] != '\0' &&
	    !host_port_ok(a->coa_address, sizeof(a->coa_address)))
		return BAD(w, "coa_address",
		    "Write it like 192.0.2.7:3799 or [2001:db8::7]:3799.");
	return ERR_OK;
}
