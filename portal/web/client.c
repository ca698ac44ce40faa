#include "portal/web/client.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

/* v4 becomes v4-mapped. */
static bool
parse(const char *text, struct in6_addr *out)
{
	struct in_addr v4;

	if (inet_pton(AF_INET6, text, out) == 1)
		return true;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return false;
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = out->s6_addr[11] = 0xff;
	memcpy(&out->s6_addr[12], &v4, sizeof(v4));
	return true;
}

static bool
within(const struct in6_addr *a, const struct in6_addr *net, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	if (memcmp(a->s6_addr, net->s6_addr, (size_t)whole) != 0)
		return false;
	if (rest == 0)
		return true;
	return ((a->s6_addr[whole] ^ net->s6_addr[whole]) >> (8 - rest)) == 0;
}

bool
client_among(const struct conf_list *list, const struct in6_addr *a)
{
	for (size_t i = 0; i < list->n; i++) {
		char text[INET6_ADDRSTRLEN + 1];
		const char *slash = strchr(list->v[i], '/');
		struct in6_addr net;
		int64_t bits = 128, v4;

		text_copy(text, sizeof(text), list->v[i]);
		text[strcspn(text, "/")] = '\0';
		if (!parse(text, &net))
			continue;
		v4 = strchr(text, ':') == NULL ? 96 : 0;
		if (slash != NULL && text_int(slash + 1, 0, 128 - v4, &bits))
			bits += v4;
		if (within(a, &net, (int)bits))
			return true;
	}
	return false;
}

static bool
is_proxy(const struct page *p, const struct in6_addr *a)
{
	return client_among(&p->app->conf->portal.trusted_proxies, a);
}

const struct in6_addr *
client_address(const struct page *p)
{
	const char *header = request_header(p->rq, "x-forwarded-for");
	struct in6_addr *a = arena_get(p->arena, sizeof(*a));
	char *list, *last;

	if (a == NULL || header == NULL || !is_proxy(p, &p->rq->peer) ||
	    (list = arena_text(p->arena, header)) == NULL)
		return &p->rq->peer;
	*a = p->rq->peer;
	for (int i = 0; i < 16 && is_proxy(p, a); i++) {
		struct in6_addr next;

		last = strrchr(list, ',');
		last = last == NULL ? list : last + 1;
		last += strspn(last, " \t");
		last[strcspn(last, " \t")] = '\0';
		if (!parse(last, &next))
			break;
		*a = next;
		if (strrchr(list, ',') == NULL)
			break;
		*strrchr(list, ',') = '\0';
	}
	return a;
}

void
client_text(const struct in6_addr *a, char *out, size_t size)
{
	const char *ok;

	if (IN6_IS_ADDR_V4MAPPED(a))
		ok = inet_ntop(AF_INET, &a->s6_addr[12], out, (socklen_t)size);
	else
		ok = inet_ntop(AF_INET6, a, out, (socklen_t)size);
	if (ok == NULL)
		out[0] = '\0';
}
