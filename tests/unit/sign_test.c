#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/rnd.h"
#include "radius/wire/hide.h"
#include "radius/wire/packet.h"
#include "radius/wire/reply.h"
#include "radius/wire/sign.h"

enum { ALL = SIGN_MAX, LONG = 1400 };

static uint8_t octets[ALL][PACKET_MAX + SIGN_ROOM];

static size_t
some(size_t most)
{
	uint16_t r;

	rnd_bytes(&r, sizeof(r));
	return r % (most + 1);
}

static void
sum_alone(const uint8_t *p, size_t len, uint8_t out[static MD5_LEN])
{
	struct md5 m;

	md5_start(&m);
	md5_add(&m, p, len);
	md5_end(&m, out);
}

/* Every length around the blocks, in every number of lanes. */
TEST(md5_of_many_is_md5_of_each)
{
	struct md5_message m[ALL];
	uint8_t want[ALL][MD5_LEN], got[MD5_LEN];

	for (size_t n = 0; n <= ALL; n++) {
		for (size_t i = 0; i < n; i++) {
			size_t len = n < 20 ? some(LONG) : n + i;

			rnd_bytes(octets[i], len);
			sum_alone(octets[i], len, want[i]);
			md5_message_start(&m[i], octets[i], len);
		}
		md5_many(m, n);
		for (size_t i = 0; i < n; i++) {
			md5_message_sum(&m[i], got);
			assert_memory_equal(got, want[i], MD5_LEN);
		}
	}
}

#if defined(__x86_64__)
/* What was hashed before counts in the length. */
static void
variant_is_right(void (*run)(struct md5_lanes *l))
{
	static uint8_t p[MD5_LANES][4 * MD5_BLOCK];
	struct md5_lanes l;
	struct md5 m;

	for (size_t i = 0; i < MD5_LANES; i++) {
		rnd_bytes(p[i], sizeof(p[i]));
		l.p[i] = p[i];
		l.blocks[i] = (uint32_t)i % 5; /* none, too */
		md5_start(&m);
		for (int k = 0; k < 4; k++)
			l.h[k][i] = m.h[k];
	}
	run(&l);
	for (size_t i = 0; i < MD5_LANES; i++) {
		md5_start(&m);
		md5_add(&m, p[i], i % 5 * MD5_BLOCK);
		for (int k = 0; k < 4; k++)
			assert_int_equal(l.h[k][i], m.h[k]);
	}
}

TEST(each_variant_this_processor_has_is_right)
{
	if (__builtin_cpu_supports("avx2"))
		variant_is_right(md5_lanes_avx2);
	if (__builtin_cpu_supports("avx512f"))
		variant_is_right(md5_lanes_avx512);
	assert_non_null(md5_many_variant());
}
#endif

/* A request or reply of random attributes, with a Message-Authenticator first.
 */
static size_t
packet(uint8_t *p, enum packet_code code, size_t most)
{
	size_t len = PACKET_HEADER + 18, want = len + some(most);

	p[0] = code;
	p[1] = 7;
	rnd_bytes(p + 4, PACKET_AUTH);
	p[PACKET_HEADER] = ATTR_MESSAGE_AUTHENTICATOR;
	p[PACKET_HEADER + 1] = 18;
	memset(p + PACKET_HEADER + 2, 0, 16);
	while (want - len >= 3) {
		size_t n = want - len < 255 ? want - len : 255;

		p[len] = ATTR_PROXY_STATE;
		p[len + 1] = (uint8_t)n;
		rnd_bytes(p + len + 2, n - 2);
		len += n;
	}
	p[2] = (uint8_t)(len >> 8);
	p[3] = (uint8_t)len;
	return len;
}

static struct shared
secret_of(size_t len)
{
	struct shared s;
	uint8_t b[SECRET_MAX];

	rnd_bytes(b, len);
	assert_ok(shared_set(&s, b, len));
	return s;
}

TEST(requests_are_checked_side_by_side_as_alone)
{
	static uint8_t before[ALL][PACKET_MAX];
	struct sign_check v[ALL];
	struct shared s[2] = {secret_of(16), secret_of(SECRET_MAX)};
	struct packet p;

	for (size_t n = 1; n <= ALL; n += 7) {
		for (size_t i = 0; i < n; i++) {
			size_t len =
			    packet(octets[i], PACKET_ACCESS_REQUEST, 3800);
			struct md5 m;

			hmac_md5_start(&m, &s[i % 2].pads);
			md5_add(&m, octets[i], len);
			hmac_md5_end(
			    &m, &s[i % 2].pads, octets[i] + PACKET_HEADER + 2);
			if (i % 3 == 1) /* one bit anywhere behind the code */
				octets[i][4 + some(len - 5)] ^= 1;
			memcpy(before[i], octets[i], len);
			v[i] = (struct sign_check){.p = octets[i],
			    .len = len,
			    .ma = PACKET_HEADER + 2,
			    .shared = &s[i % 2]};
		}
		sign_check(v, n);
		for (size_t i = 0; i < n; i++) {
			assert_memory_equal(octets[i], before[i], v[i].len);
			assert_int_equal(v[i].right, i % 3 != 1);
			if (packet_parse(octets[i], v[i].len, &p) == ERR_OK &&
			    p.ma == PACKET_HEADER + 2)
				assert_int_equal(
				    v[i].right, packet_signed(&p, &s[i % 2]));
		}
	}
}

TEST(replies_are_signed_side_by_side_as_alone)
{
	static uint8_t alone[ALL][PACKET_MAX], request[PACKET_MAX];
	struct sign_reply v[ALL];
	struct shared s[2] = {secret_of(1), secret_of(SECRET_MAX)};
	uint8_t password[HIDE_MAX];
	struct packet q;
	struct reply r;

	memset(password, 'p', sizeof(password));
	for (size_t n = 1; n <= ALL; n += 5) {
		for (size_t i = 0; i < n; i++) {
			bool access = i % 4 != 3;
			size_t len = packet(request,
			    access ? PACKET_ACCESS_REQUEST
				   : PACKET_ACCT_REQUEST,
			    1200);
			uint16_t salt = (uint16_t)i;

			assert_ok(packet_parse(request, len, &q));
			if (!access)
				q.ma = 0;
			for (int twice = 0; twice < 2; twice++) {
				reply_start(&r, twice ? octets[i] : alone[i],
				    REPLY_MAX,
				    access ? PACKET_ACCESS_ACCEPT
					   : PACKET_ACCT_RESPONSE,
				    &q, i % 7 == 5 ? NULL : &s[i % 2], salt);
				reply_proxy_states(&r, &q);
				if (i % 3 != 0) /* one key or two, any length */
					reply_tunnel_password(
					    &r, 0, password, i % 64);
				if (i % 6 == 1)
					reply_tunnel_password(
					    &r, 0, password, 9);
				assert_ok(twice ? reply_close(&r, &v[i])
						: reply_end(&r));
			}
			assert_ptr_equal(v[i].p, octets[i]);
			assert_int_equal(v[i].ma, access && i % 7 != 5);
		}
		sign_replies(v, n);
		for (size_t i = 0; i < n; i++)
			assert_memory_equal(octets[i], alone[i], v[i].len);
	}
}
