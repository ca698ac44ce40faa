#include "radius/wire/sign.h"

#include <string.h>

#include "radius/wire/packet.h"

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
		if (v[i].ma) {
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

void
sign_replies(const struct sign_reply *v, size_t n)
{
	struct md5_message m[SIGN_MAX];

	message_authenticators(v, n);
	for (size_t i = 0; i < n; i++) {
		const struct secret *s = &v[i].shared->secret;

		memcpy(v[i].p + v[i].len, s->b, s->len);
		md5_message_start(&m[i], v[i].p, v[i].len + s->len);
	}
	md5_many(m, n);
	for (size_t i = 0; i < n; i++)
		md5_message_sum(&m[i], v[i].p + 4);
}
