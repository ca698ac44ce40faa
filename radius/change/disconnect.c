#include "radius/change/disconnect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "core/base/text.h"

/* Upper case with hyphens, as access points write it (RFC 3580 3.21). */
static void
station(const struct mac *m, char out[static MAC_TEXT])
{
	mac_text(m, out);
	for (char *p = out; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'f')
			*p = (char)(*p - 'a' + 'A');
}

/* As MikroTik names a device that has no other name. */
static void
colons(char mac[static MAC_TEXT])
{
	for (char *p = mac; *p != '\0'; p++)
		if (*p == '-')
			*p = ':';
}

static void
given(struct reply *r, bool wanted, uint8_t type, const char *text)
{
	if (wanted && text != NULL && text[0] != '\0')
		reply_text(r, type, text);
}

/* A reply to a request of sixteen zeros is signed as a request is: RFC 5176
 * 2.3, RFC 2866 3. */
size_t
disconnect_write(const struct disconnect_form *form,
    const struct disconnect_session *s, const struct shared *shared, uint8_t id,
    int64_t now, uint8_t out[static DISCONNECT_PACKET_MAX])
{
	static const uint8_t zero[PACKET_HEADER];
	const struct packet none = {.p = zero, .id = id, .ma = 1};
	bool unnamed = form->acct_session_id && !form->user_mac &&
		       (s->acct_session_id == NULL || !*s->acct_session_id);
	char mac[MAC_TEXT];
	struct reply r;

	reply_start(&r, out, DISCONNECT_PACKET_MAX, PACKET_DISCONNECT_REQUEST,
	    &none, shared, 0);
	station(&s->station, mac);
	if (form->calling_station_id || unnamed)
		reply_text(&r, ATTR_CALLING_STATION_ID, mac);
	given(&r, form->called_station_id, ATTR_CALLED_STATION_ID,
	    s->called_station_id);
	given(&r, form->acct_session_id, ATTR_ACCT_SESSION_ID,
	    s->acct_session_id);
	given(&r, form->user_name, ATTR_USER_NAME, s->user_name);
	given(&r, form->nas_identifier, ATTR_NAS_IDENTIFIER, s->nas_identifier);
	colons(mac);
	given(&r, form->user_mac, ATTR_USER_NAME, mac);
	if (form->nas_ip_address && s->nas != NULL)
		reply_octets(&r, ATTR_NAS_IP_ADDRESS, s->nas, 4);
	reply_u32(&r, ATTR_EVENT_TIMESTAMP, (uint32_t)now);
	return reply_end(&r) == ERR_OK ? r.len : 0;
}

static bool
verdict(const struct packet *p, bool *ack, int *cause)
{
	uint32_t v = 0;

	if (p->code != PACKET_DISCONNECT_ACK &&
	    p->code != PACKET_DISCONNECT_NAK)
		return false;
	(void)packet_u32(p, ATTR_ERROR_CAUSE, &v);
	*ack = p->code == PACKET_DISCONNECT_ACK;
	*cause = v <= 999 ? (int)v : 0;
	return true;
}

bool
disconnect_read(const uint8_t *request, const uint8_t *octets, size_t len,
    const struct shared *shared, bool *ack, int *cause)
{
	struct packet p;

	return packet_parse(octets, len, &p) == ERR_OK && p.id == request[1] &&
	       packet_reply_authentic(&p, request + 4, shared) &&
	       packet_reply_signed(&p, request + 4, shared) &&
	       verdict(&p, ack, cause);
}

bool
disconnect_read11(const uint8_t *octets, size_t len, bool *ack, int *cause)
{
	struct packet p;

	return packet_parse(octets, len, &p) == ERR_OK &&
	       verdict(&p, ack, cause);
}

/* Splits TEXT into HOST and what is behind the last colon outside brackets. */
static const char *
split(const char *text, char host[static INET6_ADDRSTRLEN])
{
	const char *end =
	    *text == '[' ? strchr(text, ']') : text + strcspn(text, ":");
	const char *from = *text == '[' ? text + 1 : text;
	size_t len = end == NULL ? 0 : (size_t)(end - from);

	if (*text != '[' && end != NULL && *end == ':' &&
	    strchr(end + 1, ':') != NULL) { /* bare IPv6 */
		end = text + strlen(text);
		len = strlen(text);
	}
	if (end == NULL || len == 0 || len >= INET6_ADDRSTRLEN)
		return NULL;
	memcpy(host, from, len);
	host[len] = '\0';
	return *end == ']' ? end + 1 : end;
}

bool
disconnect_address(
    const char *text, int port, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	char host[INET6_ADDRSTRLEN];
	const char *rest = split(text, host);
	int64_t p = port;

	if (rest == NULL ||
	    (*rest != '\0' &&
		(*rest != ':' || !text_int(rest + 1, 1, 65535, &p))))
		return false;
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		in.sin_port = htons((uint16_t)p);
		*len = sizeof(in);
		memcpy(out, &in, sizeof(in));
		return true;
	}
	if (inet_pton(AF_INET6, host, &in6.sin6_addr) != 1)
		return false;
	in6.sin6_port = htons((uint16_t)p);
	*len = sizeof(in6);
	memcpy(out, &in6, sizeof(in6));
	return true;
}
