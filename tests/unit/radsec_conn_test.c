/* RADIUS over TLS: octets in and out, how long a connection has, who gives
 * way, and what we ask by it. */
#include "tests/unit/radsec_peer.h"

#include <signal.h>

#include "radius/radsec/peer.h"

/* --- a connection -----------------------------------------------------------
 */

static const uint8_t packet[20] = {PACKET_STATUS_SERVER, 1, 0, 20};

TEST(radsec_packets_come_out_of_a_stream_in_order)
{
	struct meeting m;
	struct slice p;
	size_t at = 0;

	begin();
	known_by("hall.example");
	m = meet(&(struct client){.cert = &hall});
	assert_true(m.there);
	assert_int_equal(conn_read(&conn, 2 * second), CONN_WAIT);
	assert_false(conn_ready(&conn));
	assert_int_equal(SSL_write(m.ssl, packet, 12), 12);
	assert_int_equal(conn_read(&conn, 3 * second), CONN_WAIT);
	assert_int_equal(conn_next(&conn, &at, &p), STREAM_MORE);
	assert_int_equal(conn.part, 3 * second);
	assert_int_equal(SSL_write(m.ssl, packet + 12, 8), 8);
	assert_int_equal(SSL_write(m.ssl, packet, 5), 5);
	assert_int_equal(conn_read(&conn, 4 * second), CONN_WAIT);
	assert_int_equal(conn.part, 3 * second);
	assert_true(conn_ready(&conn));
	assert_int_equal(conn_next(&conn, &at, &p), STREAM_PACKET);
	assert_int_equal(p.len, 20);
	assert_memory_equal(p.p, packet, 20);
	conn_used(&conn, 0, 5 * second);
	assert_int_equal(conn.in_len, 25);
	conn_used(&conn, at, 5 * second);
	assert_int_equal(conn.in_len, 5);
	assert_int_equal(conn.part, 5 * second); /* its own time from now */
	assert_int_equal(SSL_write(m.ssl, packet + 5, 15), 15);
	assert_int_equal(conn_read(&conn, 6 * second), CONN_WAIT);
	conn_used(&conn, 20, 6 * second);
	assert_int_equal(conn.part, 0);
	(void)SSL_shutdown(m.ssl);
	assert_int_equal(conn_read(&conn, 7 * second), CONN_GONE);
	leave(&m);
	finish();
}

/* More than there is room for is left where it is, and read later. */
TEST(radsec_a_peer_that_sends_faster_is_read_later)
{
	static uint8_t much[PACKET_MAX + 500];
	struct meeting m;

	begin();
	known_by("hall.example");
	m = meet(&(struct client){.cert = &hall});
	assert_int_equal(SSL_write(m.ssl, much, sizeof(much)), sizeof(much));
	assert_int_equal(conn_read(&conn, second), CONN_DONE);
	assert_int_equal(conn.in_len, PACKET_MAX);
	assert_int_equal(conn_events(&conn), 0);
	conn_used(&conn, PACKET_MAX, second);
	assert_int_equal(conn_events(&conn), POLLIN);
	assert_true(conn_ready(&conn)); /* TLS has some of it */
	conn.waiting = CONN_WAITING;
	assert_false(conn_hungry(&conn));
	assert_false(conn_ready(&conn));
	assert_int_equal(conn_events(&conn), 0);
	conn.waiting = 0;
	assert_int_equal(conn_read(&conn, second), CONN_WAIT);
	assert_int_equal(conn.in_len, 500);
	leave(&m);
	finish();
}

/* F-15: who has proven nothing yet costs a connection of the library's and
 * little of ours: the room for answers comes with the first of them. */
_Static_assert(sizeof(struct conn) <= 8 << 10, "of ours");

TEST(radsec_answers_wait_for_a_peer_that_does_not_read)
{
	static uint8_t answer[4096], got[4096];
	struct meeting m;
	size_t kept = 0, read = 0;
	int n;

	begin();
	known_by("hall.example");
	m = meet(&(struct client){.cert = &hall});
	assert_null(conn.out);
	n = 4096; /* little room between the two */
	(void)setsockopt(conn.fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof(n));
	while (conn_write(&conn, second) == CONN_DONE)
		for (; conn_answer(&conn, answer, sizeof(answer), second);)
			kept += sizeof(answer);
	assert_non_null(conn.out);
	assert_true(conn.out_len > conn.out_at);
	assert_int_equal(conn_events(&conn) & POLLOUT, POLLOUT);
	assert_false(conn_hungry(&conn)); /* no more questions meanwhile */
	while (conn_answer(&conn, answer, sizeof(answer), 2 * second))
		kept += sizeof(answer);
	assert_true(CONN_OUT - conn.out_len < sizeof(answer));
	assert_false(conn_late(&conn, second + CONN_STALL_SECONDS * second));
	assert_true(conn_late(&conn, second + CONN_STALL_SECONDS * second + 1));
	while (read < kept) { /* all of it arrives */
		if ((n = SSL_read(m.ssl, got, sizeof(got))) > 0)
			read += (size_t)n;
		(void)conn_write(&conn, 3 * second);
	}
	assert_int_equal(read, kept);
	assert_int_equal(conn_write(&conn, 3 * second), CONN_DONE);
	assert_int_equal(conn.out_len, 0);
	assert_true(conn_hungry(&conn));
	(void)signal(SIGPIPE, SIG_IGN); /* as the program has it */
	(void)close(m.fd);
	assert_true(conn_answer(&conn, answer, 20, 4 * second));
	assert_int_equal(conn_write(&conn, 4 * second), CONN_GONE);
	m.fd = -1;
	leave(&m);
	finish();
}

/* What a connection has time for; a packet's time stands still while nobody
 * reads it. */
TEST(radsec_a_connection_has_its_time)
{
	struct conn *c = &conn;

	memset(c, 0, sizeof(*c));
	c->is = CONN_SHAKING;
	c->since = c->heard = second;
	assert_false(conn_late(c, second + CONN_SHAKE_SECONDS * second));
	assert_true(conn_late(c, second + CONN_SHAKE_SECONDS * second + 1));
	assert_int_equal(conn_events(c), POLLIN);
	c->wants_write = true;
	assert_int_equal(conn_events(c), POLLIN | POLLOUT);
	c->is = CONN_OPEN;
	assert_false(conn_late(c, second + CONN_SILENT_SECONDS * second));
	assert_true(conn_late(c, second + CONN_SILENT_SECONDS * second + 1));
	c->part = 2 * second;
	assert_false(conn_late(c, (2 + CONN_PARTIAL_SECONDS) * second));
	assert_true(conn_late(c, (2 + CONN_PARTIAL_SECONDS) * second + 1));
	c->waiting = CONN_WAITING;
	assert_false(conn_late(c, (2 + CONN_PARTIAL_SECONDS) * second + 1));
}

TEST(radsec_a_peer_of_ipv6_is_remembered_as_one)
{
	struct sockaddr_in6 in6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons(77)};
	struct sockaddr_storage from = {0};
	int fd[2];

	begin();
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::7", &in6.sin6_addr), 1);
	memcpy(&from, &in6, sizeof(in6));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_true(conn_open(&conn, tls, fd[0], &from, 3, second));
	assert_memory_equal(&conn.from.sin6_addr, &in6.sin6_addr, 16);
	assert_int_equal(conn.from.sin6_port, htons(77));
	conn_close(&conn);
	assert_int_equal(conn.is, CONN_FREE);
	assert_int_equal(conn.fd, -1);
	(void)close(fd[1]);
	finish();
}

/* --- the pool, and the way back ---------------------------------------------
 */

static struct pool pool;

/* An open connection of the access point of ID, which nobody is at. */
static size_t
opened(const struct uid *id, int64_t since)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_storage from = {0};
	unsigned gone = 0;
	int i;

	memcpy(&from, &in6, sizeof(in6));
	i = pool_place(&pool, &from, &gone);
	assert_true(i >= 0);
	assert_int_equal(gone, 0);
	memset(pool.conn[i], 0, sizeof(*pool.conn[i]));
	pool.conn[i]->is = CONN_OPEN;
	pool.conn[i]->fd = -1;
	pool.conn[i]->since = since;
	pool.conn[i]->serial = ++pool.serial;
	pool.conn[i]->peer.ap = *id;
	return (size_t)i;
}

TEST(radsec_a_full_pool_takes_nobody_whose_place_nobody_gives_up)
{
	struct sockaddr_storage from = {.ss_family = AF_INET6};
	struct uid id = uid_new();
	unsigned gone = 0;
	struct sockaddr_storage name;

	memset(&pool, 0, sizeof(pool));
	for (int i = 0; i < POOL_MAX; i++)
		(void)opened(&id, i);
	assert_int_equal(pool_place(&pool, &from, &gone), -1);
	assert_int_equal(gone, 0);
	pool_end(&pool, 7);
	assert_int_equal(pool_place(&pool, &from, &gone), 7);
	memset(pool.conn[7], 0, sizeof(*pool.conn[7]));
	pool.conn[7]->is = CONN_SHAKING; /* who has proven nothing goes */
	pool.conn[7]->ssl = NULL;
	pool.conn[7]->fd = -1;
	pool.shaking++;
	assert_int_equal(pool_place(&pool, &from, &gone), 7);
	assert_int_equal(gone, 1);
	assert_int_equal(pool.shaking, 0);
	name = pool_name(&pool, 5, 1);
	assert_ptr_equal(pool_named(&pool, &name), pool.conn[5]);
	((uint8_t *)&name)[offsetof(struct sockaddr_in6, sin6_addr) + 8 + 2] =
	    0xff; /* a place that there is none of */
	assert_null(pool_named(&pool, &name));
	pool_end_all(&pool);
	assert_int_equal(pool.used, 0);
}

TEST(radsec_an_access_point_keeps_its_newest_connections)
{
	struct uid id = uid_new(), other = uid_new();
	unsigned gone = 0;
	size_t me, far;

	memset(&pool, 0, sizeof(pool));
	far = opened(&other, 1);
	for (int i = 0; i < POOL_OPEN_EACH; i++)
		(void)opened(&id, 100 - i);
	me = opened(&id, 200);
	pool.shaking = 1;
	pool_opened(&pool, me, &gone);
	assert_int_equal(gone, 1);
	assert_non_null(pool.conn[far]);
	assert_non_null(pool.conn[me]);
	assert_null(pool.conn[far + POOL_OPEN_EACH]); /* was the oldest */
	gone = 0;
	pool.shaking = 1;
	pool_opened(&pool, far, &gone);
	assert_int_equal(gone, 0);
	pool_end_all(&pool);
}

static enum back_is
asked_of(const struct uid *id, int *place)
{
	const struct slice p = {packet, sizeof(packet)};
	struct back_answer a;

	*place = back_take(st->back);
	assert_true(back_ask(st->back, *place, id, p, p));
	backward_send(&pool, k, st->back, 5);
	return back_look(st->back, *place, &a);
}

/* The newest that is still somebody's and has room. */
TEST(radsec_a_request_goes_by_the_newest_connection)
{
	size_t old, new, full, stranger, changed;
	struct uid other = uid_new();
	int place;

	make();
	known_by("hall.example");
	back_serve(st->back, 1000000);
	memset(&pool, 0, sizeof(pool));
	assert_int_equal(asked_of(&point.ap.id, &place), BACK_NOBODY);
	back_give(st->back, place);
	new = opened(&point.ap.id, 50);
	old = opened(&point.ap.id, 10);
	full = opened(&point.ap.id, 60);
	stranger = opened(&other, 70);
	changed = opened(&point.ap.id, 80);
	pool_end(&pool, opened(&point.ap.id, 90));
	for (size_t i = 0; i < pool.top; i++)
		if (i != changed)
			pool.conn[i]->peer.version = point.ap.version;
	pool.conn[full]->full = true;
	assert_int_equal(asked_of(&point.ap.id, &place), BACK_WAITS);
	assert_int_equal(pool.conn[new]->out_len, sizeof(packet));
	assert_int_equal(pool.conn[old]->out_len, 0);
	assert_int_equal(pool.conn[stranger]->out_len, 0);
	assert_int_equal(pool.conn[changed]->out_len, 0);
	/* without room it is full, which ends it */
	pool.conn[new]->out_len = CONN_OUT - 5;
	assert_int_equal(asked_of(&point.ap.id, &place), BACK_WAITS);
	assert_true(pool.conn[new]->full);
	assert_int_equal(asked_of(&point.ap.id, &place), BACK_WAITS);
	assert_int_equal(pool.conn[old]->out_len, sizeof(packet));
	pool.conn[old]->is = CONN_SHAKING;
	pool.shaking++;
	assert_int_equal(asked_of(&point.ap.id, &place), BACK_NOBODY);
	/* what is no answer is none */
	assert_false(backward_heard(
	    st->back, pool.conn[old], (struct slice){packet, sizeof(packet)}));
	pool_end_all(&pool);
	end();
}
