#include "radius/serve/back.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/secret.h"

enum is { FREE, TAKEN, ASKED, SENT, NOBODY, HEARD };

/* RFC 9765 4.1: where the token is. */
enum { TOKEN_AT = 4, TOKEN = 4 };

struct place {
	enum is is;
	struct uid ap;
	bool radius11;
	uint32_t serial;
	uint8_t token[TOKEN];
	size_t len, len11;
	uint8_t p[BACK_PACKET_MAX]; /* the request, then its answer */
	uint8_t p11[BACK_PACKET_MAX];
};

struct back {
	pthread_mutex_t lock;
	int wake;
	unsigned turn, asked; /* places that are ASKED */
	uint32_t tokens;
	struct place place[BACK_PLACES];
};

struct back *
back_new(void)
{
	struct back *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	(void)pthread_mutex_init(&b->lock, NULL);
	b->wake = -1;
	return b;
}

void
back_free(struct back *b)
{
	if (b == NULL)
		return;
	(void)pthread_mutex_destroy(&b->lock);
	free(b);
}

/* The lock is held. */
static void
become(struct back *b, struct place *at, enum is is)
{
	b->asked += (is == ASKED);
	b->asked -= (at->is == ASKED);
	at->is = is;
}

/* In turn, so that an identifier comes again as late as can be. */
static int
take(struct back *b)
{
	for (unsigned n = 0; n < BACK_PLACES && b->wake >= 0; n++) {
		unsigned i = b->turn++ % BACK_PLACES;

		if (b->place[i].is == FREE) {
			b->place[i].is = TAKEN;
			return (int)i;
		}
	}
	return -1;
}

int
back_take(struct back *b)
{
	int place;

	(void)pthread_mutex_lock(&b->lock);
	place = take(b);
	(void)pthread_mutex_unlock(&b->lock);
	return place;
}

static void
wake(int fd)
{
	uint64_t one = 1;

	if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
		return; /* it is awake already: the counter is full */
}

bool
back_ask(struct back *b, int place, const struct uid *ap, struct slice p,
    struct slice p11)
{
	struct place *at = &b->place[place];

	if (p.len > sizeof(at->p) || p11.len > sizeof(at->p11))
		return false;
	(void)pthread_mutex_lock(&b->lock);
	at->ap = *ap;
	at->len = p.len;
	at->len11 = p11.len;
	memcpy(at->p, p.p, p.len);
	memcpy(at->p11, p11.p, p11.len);
	become(b, at, ASKED);
	wake(b->wake);
	(void)pthread_mutex_unlock(&b->lock);
	return true;
}

enum back_is
back_look(struct back *b, int place, struct back_answer *out)
{
	const struct place *at = &b->place[place];
	enum back_is is = BACK_WAITS;

	(void)pthread_mutex_lock(&b->lock);
	if (at->is == NOBODY || b->wake < 0)
		is = BACK_NOBODY;
	if (at->is == HEARD) {
		is = BACK_HEARD;
		out->radius11 = at->radius11;
		out->len = at->len;
		memcpy(out->octets, at->p, at->len);
	}
	(void)pthread_mutex_unlock(&b->lock);
	return is;
}

void
back_give(struct back *b, int place)
{
	(void)pthread_mutex_lock(&b->lock);
	become(b, &b->place[place], FREE);
	(void)pthread_mutex_unlock(&b->lock);
}

void
back_serve(struct back *b, int wake)
{
	(void)pthread_mutex_lock(&b->lock);
	b->wake = wake;
	(void)pthread_mutex_unlock(&b->lock);
}

int
back_next(struct back *b, struct uid *ap)
{
	int place = -1;

	(void)pthread_mutex_lock(&b->lock);
	for (int i = 0; place < 0 && b->asked > 0 && i < BACK_PLACES; i++)
		if (b->place[i].is == ASKED) {
			place = i;
			*ap = b->place[i].ap;
		}
	(void)pthread_mutex_unlock(&b->lock);
	return place;
}

/* Never again for hours: the count is the better part of it. */
static void
token(struct back *b, int place, struct place *at)
{
	uint32_t n = b->tokens++;

	at->token[0] = (uint8_t)(n >> 16);
	at->token[1] = (uint8_t)(n >> 8);
	at->token[2] = (uint8_t)n;
	at->token[3] = (uint8_t)place;
}

size_t
back_sent(struct back *b, int place, uint32_t serial, bool radius11,
    uint8_t out[static BACK_PACKET_MAX])
{
	struct place *at = &b->place[place];
	size_t len;

	(void)pthread_mutex_lock(&b->lock);
	token(b, place, at);
	len = radius11 ? at->len11 : at->len;
	memcpy(out, radius11 ? at->p11 : at->p, len);
	if (radius11)
		memcpy(out + TOKEN_AT, at->token, TOKEN);
	at->serial = serial;
	at->radius11 = radius11;
	become(b, at, SENT);
	(void)pthread_mutex_unlock(&b->lock);
	return len;
}

void
back_nobody(struct back *b, int place)
{
	(void)pthread_mutex_lock(&b->lock);
	become(b, &b->place[place], NOBODY);
	(void)pthread_mutex_unlock(&b->lock);
}

bool
back_heard(struct back *b, uint32_t serial, bool radius11, struct slice packet)
{
	struct place *at;
	bool mine;

	if (packet.len < PACKET_HEADER || packet.len > BACK_PACKET_MAX)
		return false;
	at = &b->place[radius11 ? packet.p[TOKEN_AT + TOKEN - 1] : packet.p[1]];
	(void)pthread_mutex_lock(&b->lock);
	mine =
	    at->is == SENT && at->serial == serial &&
	    at->radius11 == radius11 &&
	    (!radius11 || secret_equal(at->token, packet.p + TOKEN_AT, TOKEN));
	if (mine) {
		memcpy(at->p, packet.p, packet.len);
		at->len = packet.len;
		at->is = HEARD;
	}
	(void)pthread_mutex_unlock(&b->lock);
	return mine;
}
