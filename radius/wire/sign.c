#include "radius/wire/sign.h"

#include <string.h>

#include "radius/wire/hide.h"

enum { FIRST_MA = PACKET_HEADER + 2 };

/* Octets and state of the outer hash of an HMAC (RFC 2104 2). */
struct outer {
	uint8_t octets[MD5_LEN + MD5_MANY_ROOM];
};

static void
inside(struct md5_message *m, uint8_t *p, size_t len, const struct shared *s)
{
	*m = (struct md5_message){.p = p, .len = len, .before = MD5_BLOCK};
	memcpy(m->h, s->pads.in, sizeof(m->h));
}

/* M held the inner sum of one message; it becomes the outer one. */
static void
outside(struct md5_message *m, struct outer *o, const struct shared *s)
{
	md5_message_sum(m, o->octets);
	*m = (struct md5_message){
	    .p = o->octets, .len = MD5_LEN, .before = MD5_BLOCK};
	memcpy(m->h, s->pads.out, sizeof(m->h));
}

void
sign_check(struct sign_check *v, size_t n)
{
	uint8_t was[SIGN_MAX][MD5_LEN], want[MD5_LEN];
	struct md5_message m[SIGN_MAX];
	struct outer o[SIGN_MAX];

	for (size_t i = 0; i < n; i++) {
		memcpy(was[i], v[i].p + v[i].ma, MD5_LEN);
		memset(v[i].p + v[i].ma, 0, MD5_LEN);
		inside(&m[i], v[i].p, v[i].len, v[i].shared);
	}
	md5_many(m, n);
	for (size_t i = 0; i < n; i++)
		outside(&m[i], &o[i], v[i].shared);
	md5_many(m, n);
	for (size_t i = 0; i < n; i++) {
		memcpy(v[i].p + v[i].ma, was[i], MD5_LEN);
		md5_message_sum(&m[i], want);
		v[i].right = secret_equal(want, was[i], MD5_LEN);
	}
}

static void
message_authenticators(const struct sign_reply *v, size_t n)
{
	struct md5_message m[SIGN_MAX];
	struct outer o[SIGN_MAX];
	size_t which[SIGN_MAX], k = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].shared != NULL && v[i].ma) {
			inside(&m[k], v[i].p, v[i].len, v[i].shared);
			which[k++] = i;
		}
	md5_many(m, k);
	for (size_t i = 0; i < k; i++)
		outside(&m[i], &o[i], v[which[i]].shared);
	md5_many(m, k);
	for (size_t i = 0; i < k; i++)
		md5_message_sum(&m[i], v[which[i]].p + FIRST_MA);
}

/* RFC 2865 3: the whole answer, the request's authenticator in it, and the
 * secret. */
static void
response_authenticators(const struct sign_reply *v, size_t n)
{
	struct md5_message m[SIGN_MAX];
	size_t which[SIGN_MAX], k = 0;

	for (size_t i = 0; i < n; i++) {
		const struct shared *s = v[i].shared;

		if (s == NULL)
			continue;
		memcpy(v[i].p + v[i].len, s->secret.b, s->secret.len);
		md5_message_start(&m[k], v[i].p, v[i].len + s->secret.len);
		which[k++] = i;
	}
	md5_many(m, k);
	for (size_t i = 0; i < k; i++)
		md5_message_sum(&m[i], v[which[i]].p + 4);
}

static void
passwords(const struct sign_reply *v, size_t n)
{
	struct hide h[SIGN_MAX];
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i].shared != NULL && v[i].hide.len != 0)
			h[k++] = (struct hide){.shared = v[i].shared,
			    .request_auth = v[i].p + 4,
			    .p = v[i].p + v[i].hide.at,
			    .len = v[i].hide.len};
	hide_all(h, k);
}

void
sign_replies(const struct sign_reply *v, size_t n)
{
	passwords(v, n);
	message_authenticators(v, n);
	response_authenticators(v, n);
}
