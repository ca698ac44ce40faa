#include "radius/wire/reply.h"

#include <string.h>

#include "radius/wire/hide.h"

enum { TOKEN = 4 };

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* Room for an attribute of LEN octets of value, or NULL. */
static uint8_t *
room(struct reply *r, uint8_t type, size_t len)
{
	uint8_t *at = r->p + r->len;

	if (r->bad || len > 253 || r->max - r->len < len + 2) {
		r->bad = true;
		return NULL;
	}
	at[0] = type;
	at[1] = (uint8_t)(len + 2);
	r->len += len + 2;
	return at + 2;
}

static uint8_t *
vendor_room(struct reply *r, uint32_t vendor, uint8_t type, size_t len)
{
	uint8_t *v = room(r, ATTR_VENDOR_SPECIFIC, len + 6);

	if (v == NULL)
		return NULL;
	put32(v, vendor);
	v[4] = type;
	v[5] = (uint8_t)(len + 2);
	return v + 6;
}

void
reply_start(struct reply *r, uint8_t *out, size_t max, enum packet_code code,
    const struct packet *request, const struct shared *s, uint16_t salt)
{
	*r = (struct reply){
	    .p = out,
	    .len = PACKET_HEADER,
	    .max = max,
	    .bad = max < PACKET_HEADER,
	    .ma = s != NULL &&
		  (request->code == PACKET_ACCESS_REQUEST || request->ma != 0),
	    .salt = salt,
	    .secret = s,
	    .request_auth = packet_auth(request),
	};
	if (r->bad)
		return;
	out[0] = (uint8_t)code;
	out[1] = request->id;
	memcpy(out + 4, r->request_auth, PACKET_AUTH);
	if (s == NULL) { /* RFC 9765 4.1: only the token comes back */
		out[1] = 0;
		memset(out + 4 + TOKEN, 0, PACKET_AUTH - TOKEN);
	}
	if (r->ma) {
		uint8_t *v = room(r, ATTR_MESSAGE_AUTHENTICATOR, MD5_LEN);

		if (v != NULL)
			memset(v, 0, MD5_LEN);
	}
}

void
reply_octets(struct reply *r, uint8_t type, const void *v, size_t len)
{
	uint8_t *at = room(r, type, len);

	if (at != NULL && len > 0)
		memcpy(at, v, len);
}

void
reply_text(struct reply *r, uint8_t type, const char *text)
{
	reply_octets(r, type, text, strlen(text));
}

void
reply_u32(struct reply *r, uint8_t type, uint32_t v)
{
	uint8_t *at = room(r, type, 4);

	if (at != NULL)
		put32(at, v);
}

void
reply_tagged_u32(struct reply *r, uint8_t type, uint8_t tag, uint32_t v)
{
	reply_u32(r, type, (uint32_t)tag << 24 | (v & 0xffffff));
}

size_t
reply_hide(struct reply *r, const void *v, size_t len, uint8_t *out)
{
	if (len > HIDE_MAX) {
		r->bad = true;
		return 0;
	}
	if (r->secret == NULL) { /* RFC 9765 5.1: as they are */
		memcpy(out, v, len);
		return len;
	}
	return hide_salted(r->secret, r->request_auth, r->salt++, v, len, out);
}

void
reply_tunnel_password(struct reply *r, uint8_t tag, const void *v, size_t len)
{
	bool later = r->secret != NULL && r->hide_len == 0 && len <= HIDE_MAX;
	uint8_t hid[HIDE_OUT], *at;
	size_t n = later ? hide_lay(r->salt++, v, len, hid)
			 : reply_hide(r, v, len, hid);

	if ((at = room(r, ATTR_TUNNEL_PASSWORD, n + 1)) != NULL) {
		at[0] = tag;
		memcpy(at + 1, hid, n);
		if (later) {
			r->hide = (size_t)(at + 1 - r->p);
			r->hide_len = n;
		}
	}
	secret_wipe(hid, sizeof(hid));
}

void
reply_vendor(
    struct reply *r, uint32_t vendor, uint8_t type, const void *v, size_t len)
{
	uint8_t *at = vendor_room(r, vendor, type, len);

	if (at != NULL && len > 0)
		memcpy(at, v, len);
}

void
reply_vendor_text(
    struct reply *r, uint32_t vendor, uint8_t type, const char *text)
{
	reply_vendor(r, vendor, type, text, strlen(text));
}

void
reply_vendor_u32(struct reply *r, uint32_t vendor, uint8_t type, uint32_t v)
{
	uint8_t *at = vendor_room(r, vendor, type, 4);

	if (at != NULL)
		put32(at, v);
}

void
reply_vendor_hidden(
    struct reply *r, uint32_t vendor, uint8_t type, const void *v, size_t len)
{
	uint8_t hid[HIDE_OUT];
	size_t n = reply_hide(r, v, len, hid);

	reply_vendor(r, vendor, type, hid, n);
}

void
reply_proxy_states(struct reply *r, const struct packet *request)
{
	struct slice s;

	for (size_t i = 0; packet_next(request, ATTR_PROXY_STATE, &i, &s);)
		reply_octets(r, ATTR_PROXY_STATE, s.p, s.len);
}

enum err
reply_close(struct reply *r, struct sign_reply *out)
{
	if (r->bad) { /* nobody hides it any more */
		secret_wipe(r->p + r->hide, r->hide_len);
		return ERR_TOO_BIG;
	}
	r->p[2] = (uint8_t)(r->len >> 8);
	r->p[3] = (uint8_t)r->len;
	*out = (struct sign_reply){
	    .p = r->p,
	    .len = r->len,
	    .shared = r->secret,
	    .ma = r->ma,
	    .hide = {(uint16_t)r->hide, (uint16_t)r->hide_len},
	};
	return ERR_OK;
}

enum err
reply_end(struct reply *r)
{
	struct sign_reply whole;
	uint8_t sum[MD5_LEN];
	struct md5 m;

	if (reply_close(r, &whole))
		return ERR_TOO_BIG;
	if (r->secret == NULL)
		return ERR_OK;
	hide_all(&(struct hide){.shared = r->secret,
		     .request_auth = r->p + 4,
		     .p = r->p + r->hide,
		     .len = r->hide_len},
	    1);
	if (r->ma) {
		hmac_md5_start(&m, &r->secret->pads);
		md5_add(&m, r->p, r->len);
		hmac_md5_end(&m, &r->secret->pads, r->p + PACKET_HEADER + 2);
	}
	md5_start(&m);
	md5_add(&m, r->p, r->len);
	md5_add(&m, r->secret->secret.b, r->secret->secret.len);
	md5_end(&m, sum);
	memcpy(r->p + 4, sum, PACKET_AUTH);
	return ERR_OK;
}
