/*
 * replay_harness - answers access points at a time that it is told
 *
 * Everything the responder knows comes by lines on standard input, each
 * answered by "ok" (see tests/replay/README):
 *
 *	ap DIALECT SECRET [group=WORD]
 *	network SSID
 *	plan [vlan=N] [role=W] [acl=W] [down=KBIT] [up=KBIT] [devices=N]
 *		[schedule=TEXT] [aps=LIST] [binding=WORD]
 *	key "PASSPHRASE" [from=TIME] [until=TIME] [state=WORD] [vlan=N]
 *	device ADDRESS KEY-NUMBER [blocked]
 *	at TIME
 *
 * Prints the port of the loopback it answers at, first. No clock is read, no
 * store is there: the same packet and line give the same answer for ever.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/crypt/psk.h"
#include "radius/serve/answer.h"
#include "radius/wire/sign.h"
#include "tests/harness/port.h"

enum { WORDS = 12, KEYS = 64 };

struct replay {
	struct known *known;
	struct epoch *epoch;
	struct network network;
	struct plan plan;
	struct world_ap ap;
	struct uid key[KEYS];
	size_t keys, devices;
	int64_t now;
	char *word[WORDS];
	size_t words;
};

/* --- lines -----------------------------------------------------------------
 */

/* Words; those in quotation marks may hold spaces. */
static void
split(struct replay *r, char *line)
{
	r->words = 0;
	while (r->words < WORDS) {
		char end = ' ', *p;

		line += strspn(line, " \t\n");
		if (*line == '\0')
			return;
		r->word[r->words++] = line;
		p = line + strcspn(line, "\" \n");
		if (*p == '"') { /* of name="..." or "..." */
			memmove(p, p + 1, strlen(p));
			end = '"';
		}
		line = p + strcspn(p, end == '"' ? "\"" : " \n");
		if (*line != '\0')
			*line++ = '\0';
	}
}

/* The value of NAME=value, or "". */
static const char *
named(const struct replay *r, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 1; i < r->words; i++)
		if (strncmp(r->word[i], name, len) == 0 &&
		    r->word[i][len] == '=')
			return r->word[i] + len + 1;
	return "";
}

static int64_t
number(const struct replay *r, const char *name)
{
	return strtoll(named(r, name), NULL, 10);
}

static int64_t
when(const char *text)
{
	struct tm t = {0};

	return strptime(text, "%Y-%m-%dT%H:%M:%SZ", &t) == NULL ? 0
								: timegm(&t);
}

static struct uid
made_up(size_t n)
{
	struct uid id;

	(void)snprintf(id.s, sizeof(id.s), "%026zu", n);
	return id;
}

/* --- what is known ---------------------------------------------------------
 */

static bool
put_ap(struct replay *r)
{
	r->ap.ap = (struct access_point){.id = made_up(1), .ma = MA_REQUIRE};
	text_copy(r->ap.ap.name, sizeof(r->ap.ap.name), "hall");
	text_copy(r->ap.ap.address, sizeof(r->ap.ap.address), "127.0.0.0/8");
	text_copy(r->ap.ap.dialect, sizeof(r->ap.ap.dialect), r->word[1]);
	text_copy(r->ap.ap.group, sizeof(r->ap.ap.group), named(r, "group"));
	return maker_find(r->word[1]) != NULL &&
	       secret_set(&r->ap.secret, r->word[2], strlen(r->word[2])) ==
		   ERR_OK &&
	       known_put_ap(r->known, &r->ap) == ERR_OK;
}

static bool
put_network(struct replay *r)
{
	network_defaults(&r->network);
	r->network.id = made_up(2);
	text_copy(r->network.ssid, sizeof(r->network.ssid), r->word[1]);
	text_copy(r->network.time_zone, sizeof(r->network.time_zone), "UTC");
	return known_put_network(r->known, &r->network) == ERR_OK;
}

static bool
put_plan(struct replay *r)
{
	struct plan *p = &r->plan;

	plan_defaults(p);
	p->id = made_up(3);
	p->network = r->network.id;
	p->vlan = (int)number(r, "vlan");
	p->rate_down = number(r, "down");
	p->rate_up = number(r, "up");
	p->devices = (int)number(r, "devices");
	p->cap_rule = CAP_REFUSE;
	text_copy(p->role, sizeof(p->role), named(r, "role"));
	text_copy(p->acl, sizeof(p->acl), named(r, "acl"));
	text_copy(p->schedule, sizeof(p->schedule), named(r, "schedule"));
	text_copy(p->ap_groups, sizeof(p->ap_groups), named(r, "aps"));
	if (*named(r, "binding") != '\0' &&
	    !binding_parse(named(r, "binding"), &p->binding))
		return false;
	return known_put_plan(r->known, p) == ERR_OK;
}

static bool
put_key(struct replay *r)
{
	enum key_state state = KEY_ACTIVE;
	struct key_data d = {.network = r->network.id,
	    .plan = r->plan.id,
	    .not_before = when(named(r, "from")),
	    .not_after = when(named(r, "until")),
	    .vlan = (int)number(r, "vlan"),
	    .usable = true,
	    .passphrase_len = (uint8_t)strlen(r->word[1])};

	if (r->keys == KEYS || d.passphrase_len > sizeof(d.passphrase) ||
	    (*named(r, "state") != '\0' &&
		!key_state_parse(named(r, "state"), &state)) ||
	    psk_derive(r->word[1], d.passphrase_len, r->network.ssid,
		strlen(r->network.ssid), d.pmk))
		return false;
	d.state = state;
	d.usable = state == KEY_ACTIVE;
	memcpy(d.passphrase, r->word[1], d.passphrase_len);
	text_copy(d.person, sizeof(d.person), made_up(201 + r->keys).s);
	r->key[r->keys] = made_up(101 + r->keys);
	return known_put_key_data(r->known, &r->key[r->keys++], &d) == ERR_OK;
}

static bool
put_device(struct replay *r)
{
	struct device d = {.id = made_up(301 + r->devices),
	    .network = r->network.id,
	    .origin = DEVICE_REGISTERED,
	    .blocked = r->words > 3};
	size_t k = strtoul(r->word[2], NULL, 10);

	if (k < 1 || k > r->keys ||
	    !mac_parse(r->word[1], strlen(r->word[1]), &d.mac, NULL))
		return false;
	r->devices++;
	d.key = r->key[k - 1];
	return known_put_device(r->known, &d) == ERR_OK;
}

static bool
obey(struct replay *r, char *line)
{
	static const struct {
		const char *verb;
		size_t words;
		bool (*put)(struct replay *r);
	} verbs[] = {{"ap", 3, put_ap}, {"network", 2, put_network},
	    {"plan", 1, put_plan}, {"key", 2, put_key},
	    {"device", 3, put_device}};
	bool done = false;

	split(r, line);
	if (r->words == 2 && strcmp(r->word[0], "at") == 0)
		return (r->now = when(r->word[1])) != 0;
	known_lock(r->known);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (r->words >= verbs[i].words &&
		    strcmp(r->word[0], verbs[i].verb) == 0)
			done = verbs[i].put(r);
	done = known_settle(r->known) == ERR_OK && done;
	known_unlock(r->known);
	return done;
}

/* --- packets ----------------------------------------------------------------
 */

/* What the search would find. */
static const struct uid *
search(const struct replay *r, const struct handshake *h)
{
	for (size_t i = 0; i < r->keys; i++) {
		const struct known_key *k = known_key(r->known, &r->key[i]);
		const struct key_data *d = k == NULL ? NULL : known_key_data(k);

		if (d != NULL && match_verify(h, d->pmk))
			return &r->key[i];
	}
	return NULL;
}

static size_t
reply(
    struct replay *r, struct known_ap *ap, const struct packet *p, uint8_t *out)
{
	struct sign_reply sign;
	struct answer a;
	struct ask ask;

	if (!packet_signed(p, &ap->shared) || maker_ask(p, &ask))
		return 0;
	answer_ask(r->known, ap, &ask, r->now, &a);
	if (a.search)
		answer_found(
		    r->known, ap, &ask, search(r, &a.handshake), r->now, &a);
	if (answer_write(&a, &ask, p, &ap->shared, 0x8000, r->now, out, &sign))
		return 0;
	sign_replies(&sign, 1);
	return sign.len;
}

static void
answer(struct replay *r, int fd)
{
	uint8_t in[PACKET_MAX], out[REPLY_MAX + SIGN_ROOM];
	struct sockaddr_storage from = {0};
	socklen_t len = sizeof(from);
	struct known_ap *ap;
	struct packet p;
	size_t n;
	ssize_t got =
	    recvfrom(fd, in, sizeof(in), 0, (struct sockaddr *)&from, &len);

	if (got < 0 || packet_parse(in, (size_t)got, &p) ||
	    (ap = known_ap(r->known, &from)) == NULL)
		return;
	if ((n = reply(r, ap, &p, out)) > 0)
		(void)!sendto(fd, out, n, 0, (struct sockaddr *)&from, len);
}

int
main(void)
{
	static struct replay r;
	char line[1024];
	int fd = port_open();

	(void)setvbuf(stdin, NULL, _IONBF, 0);
	(void)match_start();
	r.epoch = epoch_new();
	if (fd < 0 || r.epoch == NULL || (r.known = known_new(r.epoch)) == NULL)
		return 1;
	for (;;) {
		struct pollfd p[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
		    {.fd = fd, .events = POLLIN}};

		if (poll(p, 2, -1) < 0)
			return 1;
		if (p[1].revents != 0)
			answer(&r, fd);
		if (p[0].revents == 0)
			continue;
		if (fgets(line, sizeof(line), stdin) == NULL)
			return 0;
		(void)puts(obey(&r, line) ? "ok" : "not understood");
		(void)fflush(stdout);
	}
}
