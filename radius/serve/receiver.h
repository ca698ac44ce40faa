/*
 * receiver.h - a thread that answers one socket
 *
 * Takes packets in batches and sends answers in batches. Nothing is allocated
 * per packet. Requests that need a search or a commit are handed on and
 * answered when they come back.
 */
#pragma once

#include "core/base/rnd.h"
#include "core/model/bounds.h"
#include "radius/serve/answer.h"
#include "radius/serve/budget.h"
#include "radius/serve/job.h"
#include "radius/serve/state.h"
#include "radius/wire/sign.h"

enum {
	RECEIVER_BATCH = 32,
	/* Handshakes remembered as fruitless. */
	FRUITLESS_MAX = 4096,
	FRUITLESS_SECONDS = 30,
	COMPLAINT_SECONDS = 10, /* between two log lines of one kind */
	DRAIN_MS = 5000,        /* at the end, for what was handed on */
};

/* Octets from one buffer to the next, N and more: an odd number of lines, so
 * that the beginnings of all of them fit into the nearest cache together. */
#define RECEIVER_APART(n) ((((n) + 63) / 64 | 1) * 64)

enum complaint {
	COMPLAIN_SOURCE,
	COMPLAIN_FORGED,
	COMPLAIN_UNSIGNED,
	COMPLAIN_BUDGET,
	COMPLAINTS
};

struct fruitless {
	uint64_t handshake, gained;
	int64_t until;
};

/* A packet that came, and where its answer goes. */
struct arrival {
	const struct sockaddr_storage *from;
	socklen_t from_len;
	struct known *known;
	struct known_ap *ap;
	const struct shared *shared; /* with the sender; NULL: RADIUS/1.1 */
	bool tls;
	bool waits;          /* it was handed on, and is answered later */
	bool checked, right; /* its signature was, with others; and is */
	struct packet packet;
	struct mac station; /* when `near`: it was read with others */
	bool near;
	struct dup_name name;
	struct dup_ref ref;
	int64_t now, mono;
	uint64_t mark;
};

struct receiver;

/* How packets come and go when not by a datagram socket. The address an
 * arrival is `from` is then a name that only these functions read. */
struct receiver_way {
	/* Who sent it, or NULL; sets A->shared and A->tls. */
	struct known_ap *(*who)(struct receiver *r, struct arrival *a);
	void (*send)(struct receiver *r, const struct arrival *a,
	    const uint8_t *octets, size_t len);
	/* What was handed on has been answered, or never will be. */
	void (*over)(struct receiver *r, const struct arrival *a);
	/* Where A really is from, for the log. */
	struct sockaddr_storage (*source)(
	    struct receiver *r, const struct arrival *a);
	void *ctx;
};

struct receiver {
	struct state *st;
	const struct receiver_way *way; /* NULL: by `fd` */
	int fd;
	bool accounting;
	struct counts *counts;
	struct course *course;
	struct dups *dups;
	struct jobs *jobs;
	struct epoch_reader *reader;
	uint16_t salt;
	uint8_t hash_key[32];
	struct budget device, ap, unknown;
	struct fruitless fruitless[FRUITLESS_MAX];
	struct {
		int64_t last;
		uint64_t unsaid;
	} complaint[COMPLAINTS];
	/* the batch of answers */
	uint8_t out[RECEIVER_BATCH][RECEIVER_APART(REPLY_MAX + SIGN_ROOM)];
	struct posted {
		struct sign_reply reply; /* not signed yet */
		bool keep;               /* for retransmissions, by ref */
		struct dup_ref ref;
		uint64_t mark;
		struct sockaddr_storage to;
		socklen_t to_len;
	} posted[RECEIVER_BATCH];
	size_t outs;
	int64_t drain_until; /* 0: it has not begun */
	int64_t stranger_at; /* when the last one was noted */
	struct ask ask;
	pthread_t thread;
};

/* Starts a thread for FD (owned from now on); NULL when it cannot. */
struct receiver *receiver_start(struct state *st, int fd, bool accounting);

/* Waits for its end after `stop` was set: it takes no more packets, which wait
 * in the socket for whoever has it next, and answers what was handed on.
 * Search and scribe must go on until then. */
void receiver_stop(struct receiver *r);

/* One without a thread and a socket, for packets that come and go by WAY; the
 * next three are its thread's, inside the epoch. NULL when it cannot be had. */
struct receiver *receiver_new(struct state *st, const struct receiver_way *way);
void receiver_free(struct receiver *r);

/* Everything a packet is judged by, as of now. */
void receiver_moment(struct receiver *r, struct arrival *a);

/* Takes what came from A->from. False when it is no packet, or not theirs. */
bool receiver_take(
    struct receiver *r, struct arrival *a, const uint8_t *octets, size_t len);

/* After `stop`: is there still something to answer, at MONO? The time begins
 * with the first call. */
bool receiver_drains(struct receiver *r, int64_t mono);

/* Answers what came back from where it was handed on. */
void receiver_finish(struct receiver *r, struct arrival *a);

/* --- for the files that answer ----------------------------------------------
 */

/* Room for an answer (REPLY_MAX octets) in the batch. */
uint8_t *receiver_room(struct receiver *r);

/* Hides and signs REPLY, which is in that room, sends it and keeps it for a
 * retransmission: at the end of the batch, with the others. */
void receiver_answer(struct receiver *r, const struct arrival *a,
    const struct sign_reply *reply);

/* A job with A's request in it, for another thread; NULL when there is none to
 * be had, and A is dropped. */
struct job *receiver_job(struct receiver *r, const struct arrival *a);

/* JOB was TAKEN by another thread, or A is dropped. */
void receiver_hand(
    struct receiver *r, struct arrival *a, struct job *job, bool taken);

/* Nothing will be sent. */
void receiver_drop(struct receiver *r, const struct arrival *a, enum count why);

/* Logs at most every COMPLAINT_SECONDS. */
void receiver_complain(struct receiver *r, enum complaint what,
    const char *event, const struct arrival *a);

/* Where A is from, as an address one may show. */
struct sockaddr_storage
receiver_source(struct receiver *r, const struct arrival *a);

/* A salt that starts a packet's: top bit set, apart from its neighbours. */
uint16_t receiver_salt(struct receiver *r);

/* Answers an Access-Request, or hands it to the search. */
void auth_request(struct receiver *r, struct arrival *a);
void auth_done(struct receiver *r, struct arrival *a, struct job *job);

/* Hands an Accounting-Request to the scribe; answers when it is stored. */
void acct_request(struct receiver *r, struct arrival *a);
void acct_done(struct receiver *r, struct arrival *a, struct job *job);

/* Is the request who it says it is from? Counts and complains. */
bool authentic(struct receiver *r, const struct arrival *a);
