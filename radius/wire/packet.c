#include "radius/wire/packet.h"

#include <string.h>

enum {
	ATTR_HEADER = 2,
	LONG_HEADER = 4, /* type, length, extended type, flags */
	LONG_FULL = 255,
	LONG_DATA = 251, /* octets of data in a full fragment */
	LONG_MORE = 0x80,
	EVS = 26,       /* Extended-Vendor-Specific, RFC 6929 6.5 */
	EVS_HEADER = 5, /* vendor and vendor type */
	MA_LEN = 16,
};

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* The sub-attributes of a vendor we know add up exactly. */
static bool
vendor_ok(const uint8_t *v, size_t len)
{
	if (len < 5 || v[0] != 0)
		return false;
	if (!dict_vendor(be32(v)))
		return true;
	for (size_t at = 4; at < len; at += v[at + 1])
		if (len - at < 2 || v[at + 1] < 2 || v[at + 1] > len - at)
			return false;
	return true;
}

/*
 * hostapd 2.11 writes a long attribute's whole payload behind the header of its
 * first, full fragment, and then a second fragment that repeats the tail. The
 * EAPOL frame says how long the tail is; the repetition proves it. Returns the
 * octets to skip behind the fragment at V (its first octet), or 0.
 */
static size_t
overrun(const uint8_t *v, size_t left)
{
	const uint8_t *next = v + LONG_FULL;
	size_t room = left - LONG_FULL, whole, k;

	if (v[1] != LONG_FULL || v[2] != EVS || !(v[3] & LONG_MORE) ||
	    be32(v + 4) != VENDOR_HOSTAP || v[8] != HOSTAP_EAPOL)
		return 0;
	whole = (size_t)EVS_HEADER + 4 + ((size_t)v[11] << 8 | v[12]);
	if (whole <= LONG_DATA || whole > 2 * LONG_DATA)
		return 0;
	k = whole - LONG_DATA;
	if (room >= 3 && next[0] == ATTR_EXTENDED_5 &&
	    next[1] == k + LONG_HEADER && next[2] == EVS)
		return 0; /* as RFC 6929 wants it */
	if (room < 2 * k + LONG_HEADER || next[k] != ATTR_EXTENDED_5 ||
	    next[k + 1] != k + LONG_HEADER || next[k + 2] != EVS ||
	    memcmp(next, next + k + LONG_HEADER, k) != 0)
		return 0;
	return k;
}

static enum err
attr_add(struct packet *p, size_t at, uint8_t type, uint8_t len)
{
	const uint8_t *v = p->p + at;

	if (p->count == PACKET_ATTRS_MAX)
		return ERR_LIMIT;
	if (type == 0 || (type == ATTR_VENDOR_SPECIFIC && !vendor_ok(v, len)))
		return ERR_BAD_INPUT;
	if ((type == ATTR_EXTENDED_5 || type == ATTR_EXTENDED_6) && len < 2)
		return ERR_BAD_INPUT;
	if (type == ATTR_MESSAGE_AUTHENTICATOR) {
		if (len != MA_LEN || p->ma != 0)
			return ERR_BAD_INPUT;
		p->ma = (uint16_t)at;
	}
	p->vendor |= type == ATTR_VENDOR_SPECIFIC || type == ATTR_EXTENDED_5 ||
		     type == ATTR_EXTENDED_6;
	p->attr[p->count++] =
	    (struct packet_attr){.at = (uint16_t)at, .type = type, .len = len};
	return ERR_OK;
}

enum err
packet_parse(const void *octets, size_t len, struct packet *out)
{
	const uint8_t *p = octets;
	size_t whole, at, skip;
	enum err e;

	out->p = p;
	out->count = out->ma = 0;
	out->mended = out->vendor = false;
	if (len < PACKET_HEADER)
		return ERR_BAD_INPUT;
	whole = (size_t)p[2] << 8 | p[3];
	if (whole < PACKET_HEADER || whole > PACKET_MAX || whole > len)
		return ERR_BAD_INPUT;
	out->code = p[0];
	out->id = p[1];
	out->len = (uint16_t)whole;
	for (at = PACKET_HEADER; at < whole; at += p[at + 1] + skip) {
		skip = 0;
		if (whole - at < ATTR_HEADER || p[at + 1] < ATTR_HEADER ||
		    p[at + 1] > whole - at)
			return ERR_BAD_INPUT;
		if ((e = attr_add(out, at + ATTR_HEADER, p[at],
			 (uint8_t)(p[at + 1] - ATTR_HEADER))))
			return e;
		if (p[at] == ATTR_EXTENDED_5 && p[at + 1] == LONG_FULL)
			skip = overrun(p + at, whole - at);
		out->mended |= skip > 0;
	}
	return ERR_OK;
}

bool
packet_next(const struct packet *p, uint8_t type, size_t *i, struct slice *out)
{
	for (; *i < p->count; ++*i)
		if (p->attr[*i].type == type) {
			*out = (struct slice){
			    p->p + p->attr[*i].at, p->attr[*i].len};
			++*i;
			return true;
		}
	return false;
}

bool
packet_get(const struct packet *p, uint8_t type, struct slice *out)
{
	size_t i = 0;

	return packet_next(p, type, &i, out);
}

bool
packet_u32(const struct packet *p, uint8_t type, uint32_t *out)
{
	struct slice s;

	if (!packet_get(p, type, &s) || s.len != 4)
		return false;
	*out = be32(s.p);
	return true;
}

/* Vendor attributes of known vendors add up: packet_parse() saw to it. */
bool
packet_vendor_next(const struct packet *p, uint32_t vendor, uint8_t type,
    size_t *i, size_t *at, struct slice *out)
{
	for (; *i < p->count; ++*i, *at = 0) {
		const struct packet_attr *a = &p->attr[*i];
		const uint8_t *v = p->p + a->at;

		if (a->type != ATTR_VENDOR_SPECIFIC || be32(v) != vendor)
			continue;
		if (*at == 0)
			*at = 4;
		while (*at < a->len) {
			const uint8_t *s = v + *at;

			*at += s[1];
			if (s[0] != type)
				continue;
			*out = (struct slice){s + 2, (size_t)s[1] - 2};
			return true;
		}
	}
	return false;
}

bool
packet_vendor(
    const struct packet *p, uint32_t vendor, uint8_t type, struct slice *out)
{
	size_t i = 0, at = 0;

	return packet_vendor_next(p, vendor, type, &i, &at, out);
}

size_t
packet_extended(const struct packet *p, uint32_t vendor, uint8_t type,
    uint8_t *out, size_t max)
{
	size_t len = 0;
	bool inside = false;

	for (size_t i = 0; i < p->count; i++) {
		const struct packet_attr *a = &p->attr[i];
		const uint8_t *v = p->p + a->at;
		size_t skip = 2;

		if (a->type != ATTR_EXTENDED_5 || v[0] != EVS) {
			if (inside)
				return 0; /* pieces are consecutive */
			continue;
		}
		if (!inside) {
			bool ours = a->len >= 2 + EVS_HEADER &&
				    be32(v + 2) == vendor && v[6] == type;

			if (!ours)
				continue;
			skip += EVS_HEADER;
		}
		if (a->len - skip > max - len)
			return 0;
		memcpy(out + len, v + skip, a->len - skip);
		len += a->len - skip;
		inside = (v[1] & LONG_MORE) != 0;
		if (!inside)
			return len;
	}
	return 0;
}

static bool
signed_over(const struct packet *p, const uint8_t *auth, const struct shared *s)
{
	static const uint8_t zero[MA_LEN];
	uint8_t want[MD5_LEN];
	struct md5 m;

	hmac_md5_start(&m, &s->pads);
	md5_add(&m, p->p, 4);
	md5_add(&m, auth, PACKET_AUTH);
	md5_add(&m, p->p + PACKET_HEADER, p->ma - PACKET_HEADER);
	md5_add(&m, zero, MA_LEN);
	md5_add(&m, p->p + p->ma + MA_LEN, (size_t)p->len - p->ma - MA_LEN);
	hmac_md5_end(&m, &s->pads, want);
	return secret_equal(want, p->p + p->ma, MA_LEN);
}

bool
packet_signed(const struct packet *p, const struct shared *s)
{
	static const uint8_t zero[PACKET_AUTH];
	bool request =
	    p->code == PACKET_ACCESS_REQUEST || p->code == PACKET_STATUS_SERVER;

	return p->ma != 0 && signed_over(p, request ? packet_auth(p) : zero, s);
}

bool
packet_reply_signed(const struct packet *reply,
    const uint8_t request_auth[static PACKET_AUTH], const struct shared *s)
{
	return reply->ma == 0 || signed_over(reply, request_auth, s);
}

bool
packet_reply_authentic(const struct packet *reply,
    const uint8_t request_auth[static PACKET_AUTH], const struct shared *s)
{
	uint8_t want[MD5_LEN];
	struct md5 m;

	md5_start(&m);
	md5_add(&m, reply->p, 4);
	md5_add(&m, request_auth, PACKET_AUTH);
	md5_add(&m, reply->p + PACKET_HEADER, reply->len - PACKET_HEADER);
	md5_add(&m, s->secret.b, s->secret.len);
	md5_end(&m, want);
	return secret_equal(want, packet_auth(reply), PACKET_AUTH);
}

bool
packet_acct_authentic(const struct packet *p, const struct shared *s)
{
	static const uint8_t zero[PACKET_AUTH];

	return packet_reply_authentic(p, zero, s);
}
