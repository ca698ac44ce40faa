#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "radius/serve/nas.h"
#include "radius/serve/receiver.h"
#include "radius/serve/scribe.h"

enum {
	ON = 7,
	OFF = 8,
	START = 1,
	STOP = 2,
	INTERIM = 3,
	/* A message is not older than a day, whatever it says. */
	DELAY_MAX = 86400,
	/* And one visit is of at most 2^48 octets: sums of both directions and
	 * of many visits fit 63 bits. */
	GIGAWORDS_MAX = 0xffff,
};

/* Text of an attribute, whatever is in it: names that differ still do. Octets
 * that are no plain text as in addresses (RFC 3986 2.1); "" when none. */
static void
text(const struct packet *p, uint8_t type, char *out, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	struct slice s = {0};
	size_t n = 0;

	if (!packet_get(p, type, &s))
		s.len = 0;
	for (size_t i = 0; i < s.len; i++) {
		bool plain = s.p[i] > 0x20 && s.p[i] < 0x7f;

		if (n + (plain ? 1 : 3) >= size)
			break;
		if (plain) {
			out[n++] = (char)s.p[i];
			continue;
		}
		out[n++] = '%';
		out[n++] = digits[s.p[i] >> 4];
		out[n++] = digits[s.p[i] & 15];
	}
	out[n] = '\0';
}

/* RFC 2869 5.1: 64 bits in two attributes. */
static int64_t
octets(const struct packet *p, uint8_t low, uint8_t high)
{
	uint32_t l = 0, h = 0;

	(void)packet_u32(p, low, &l);
	(void)packet_u32(p, high, &h);
	if (h > GIGAWORDS_MAX)
		h = GIGAWORDS_MAX;
	return (int64_t)((uint64_t)h << 32 | l);
}

static bool
event(const struct packet *p, enum visit_event *out)
{
	uint32_t v = 0;

	if (!packet_u32(p, ATTR_ACCT_STATUS_TYPE, &v))
		return false;
	*out = v == START     ? VISIT_START
	       : v == STOP    ? VISIT_STOP
	       : v == INTERIM ? VISIT_INTERIM
	       : v == ON      ? VISIT_AP_ON
			      : VISIT_AP_OFF;
	return v == START || v == STOP || v == INTERIM || v == ON || v == OFF;
}

/* The key, as it was given with the Accept: in Class or, where the access
 * point does not send that back, in the Chargeable-User-Identity. */
static void
key_of(const struct arrival *a, struct uid *out)
{
	static const uint8_t types[] = {ATTR_CLASS, ATTR_CUI};
	char id[UID_LEN + 1];
	struct slice s;

	*out = UID_NONE;
	for (size_t t = 0; t < sizeof(types); t++)
		for (size_t i = 0; packet_next(&a->packet, types[t], &i, &s);) {
			if (s.len != UID_LEN)
				continue;
			memcpy(id, s.p, UID_LEN);
			id[UID_LEN] = '\0';
			if (uid_parse(id, out) &&
			    known_key(a->known, out) != NULL)
				return;
			*out = UID_NONE;
		}
}

static void
nas_of(struct receiver *r, const struct arrival *a, char *out, size_t size)
{
	struct sockaddr_storage from;
	uint8_t addr[16];

	text(&a->packet, ATTR_NAS_IDENTIFIER, out, size);
	if (out[0] != '\0')
		return;
	from = receiver_source(r, a);
	prefix_addr(&from, addr);
	if (inet_ntop(AF_INET6, addr, out, (socklen_t)size) == NULL)
		out[0] = '\0';
}

static int64_t
when(const struct arrival *a)
{
	uint32_t delay = 0;

	(void)packet_u32(&a->packet, ATTR_ACCT_DELAY_TIME, &delay);
	return a->now - (delay < DELAY_MAX ? delay : DELAY_MAX);
}

/* False when it is of no use: there is nothing to store. */
static bool
report(struct receiver *r, const struct arrival *a, struct visit_report *v)
{
	const struct packet *p = &a->packet;
	const struct known_network *n;
	uint32_t cause = 0;

	*v = (struct visit_report){.ap = a->ap->ap.id, .at = when(a)};
	if (!event(p, &v->event))
		return false;
	nas_of(r, a, v->nas, sizeof(v->nas));
	text(p, ATTR_ACCT_SESSION_ID, v->session, sizeof(v->session));
	nas_exact(p, ATTR_NAS_IDENTIFIER, v->nas_id, sizeof(v->nas_id));
	nas_exact(p, ATTR_CALLED_STATION_ID, v->called, sizeof(v->called));
	nas_exact(p, ATTR_USER_NAME, v->user, sizeof(v->user));
	nas_address(p, v->nas_ip);
	if (v->event == VISIT_AP_ON || v->event == VISIT_AP_OFF)
		return true;
	if (v->session[0] == '\0' || maker_ask(p, &r->ask))
		return false;
	v->mac = r->ask.station;
	n = known_network(a->known, r->ask.ssid, r->ask.ssid_len);
	if (n != NULL)
		v->network = n->network.id;
	key_of(a, &v->key);
	v->octets_in =
	    octets(p, ATTR_ACCT_INPUT_OCTETS, ATTR_ACCT_INPUT_GIGAWORDS);
	v->octets_out =
	    octets(p, ATTR_ACCT_OUTPUT_OCTETS, ATTR_ACCT_OUTPUT_GIGAWORDS);
	(void)packet_u32(p, ATTR_ACCT_TERMINATE_CAUSE, &cause);
	v->stop_cause = cause <= 255 ? (int)cause : 0;
	return true;
}

static void
respond(struct receiver *r, const struct arrival *a)
{
	uint8_t *out = receiver_room(r);
	struct sign_reply whole;
	struct reply reply;

	reply_start(&reply, out, REPLY_MAX, PACKET_ACCT_RESPONSE, &a->packet,
	    a->shared, receiver_salt(r));
	reply_proxy_states(&reply, &a->packet);
	if (reply_close(&reply, &whole)) {
		receiver_drop(r, a, COUNT_TOO_BIG);
		return;
	}
	count_add(r->counts, COUNT_ACCOUNTED, 1);
	known_ap_did(a->ap, AP_ACCOUNTED, a->now);
	receiver_answer(r, a, &whole);
}

void
acct_request(struct receiver *r, struct arrival *a)
{
	struct job *job;

	count_add(r->counts, COUNT_ACCOUNTING, 1);
	if ((job = receiver_job(r, a)) == NULL)
		return;
	if (report(r, a, &job->report)) {
		receiver_hand(r, a, job, scribe_visit(r->st->scribe, job));
		return;
	}
	job_give(job);
	respond(r, a); /* RFC 2866 4.1: received, nothing to record */
}

void
acct_done(struct receiver *r, struct arrival *a, struct job *job)
{
	if (job->stored)
		respond(r, a);
	else
		dups_forget(r->dups, a->ref);
}
