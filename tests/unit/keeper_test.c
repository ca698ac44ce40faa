#include "tests/unit/keeper_ring.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/crypt/keeper.h"
#include "core/crypt/keeper_wire.h"
#include "portal/keeper/rules.h"
#include "portal/keeper/serve.h"

static const struct seal_place passphrase = {
    .table = "wifi_key", .row = "k1", .column = "passphrase", .generation = 1};
static const struct seal_place secret = {
    .table = "access_point", .row = "a1", .column = "secret", .generation = 1};

TEST(a_question_is_read_as_it_was_written_and_not_otherwise)
{
	static uint8_t b[KEEPER_QUESTION_MAX];
	struct keeper_question q = {.act = KEEPER_OPEN,
	    .nonce = 0x0123456789abcdef,
	    .at = passphrase,
	    .data = (const uint8_t *)"octets",
	    .len = 6};
	struct keeper_question r;
	size_t n;

	q.at.generation = -2;
	n = keeper_put_question(&q, b);
	assert_true(n > 0 && keeper_get_question(b, n, &r));
	assert_int_equal(r.act, KEEPER_OPEN);
	assert_true(r.nonce == q.nonce && r.at.generation == -2);
	assert_string_equal(r.at.table, "wifi_key");
	assert_string_equal(r.at.row, "k1");
	assert_string_equal(r.at.column, "passphrase");
	assert_int_equal(r.len, 6);
	assert_memory_equal(r.data, "octets", 6);
	for (size_t cut = 0; cut < n - 6; cut++)
		assert_false(keeper_get_question(b, cut, &r));
	b[21] = '\0'; /* a NUL within a part */
	assert_false(keeper_get_question(b, n, &r));
	b[21] = 'w';
	b[1] = 9;
	assert_false(keeper_get_question(b, n, &r));
	b[1] = KEEPER_OPEN;
	b[0] = 2;
	assert_false(keeper_get_question(b, n, &r));
}

TEST(a_question_and_its_data_have_bounds)
{
	static uint8_t b[KEEPER_QUESTION_MAX], data[KEEPER_DATA_MAX + 1];
	char row[KEEPER_PLACE_MAX + 2];
	struct keeper_question q = {.act = KEEPER_SEAL,
	    .at = {.table = "t", .row = row, .column = "c"},
	    .data = data,
	    .len = KEEPER_DATA_MAX};
	struct keeper_question r;
	size_t n;

	memset(row, 'x', sizeof(row));
	row[KEEPER_PLACE_MAX] = '\0';
	n = keeper_put_question(&q, b);
	assert_true(n > KEEPER_DATA_MAX && keeper_get_question(b, n, &r));
	q.len++;
	assert_int_equal(keeper_put_question(&q, b), 0);
	q.len = 0;
	row[KEEPER_PLACE_MAX] = 'x';
	row[KEEPER_PLACE_MAX + 1] = '\0';
	assert_int_equal(keeper_put_question(&q, b), 0);
}

TEST(a_share_has_what_compares_and_nothing_that_opens)
{
	OWN(ring) struct ring *r = whole_ring();
	OWN(ring) struct ring *s = NULL;
	uint8_t b[RING_SHARE_MAX];
	size_t n = ring_share_put(r, b);

	assert_ok(ring_share_get(b, n, &s));
	assert_string_equal(ring_newest(s), "89abcdef");
	assert_int_equal(ring_keys(s), 1);
	for (int p = 0; p < RING_PURPOSES; p++)
		if (p != RING_TLS_PSK)
			assert_memory_equal(
			    ring_key(s, p), ring_key(r, p), RING_KEY);
	/* none of the octets that seal, or that speak for access points */
	for (size_t i = 0; i + RING_KEY <= n; i++) {
		assert_memory_not_equal(b + i, r->base.key, RING_KEY);
		assert_memory_not_equal(b + i, r->keys[0].key, RING_KEY);
		assert_memory_not_equal(b + i, r->seal[0], RING_KEY);
		assert_memory_not_equal(
		    b + i, ring_key(r, RING_TLS_PSK), RING_KEY);
	}
	for (size_t cut = 0; cut < n; cut++) {
		struct ring *none = NULL;

		assert_err(ring_share_get(b, cut, &none), ERR_CORRUPT);
		assert_null(none);
	}
}

TEST(a_budget_is_full_at_first_and_fills_evenly)
{
	struct allowance b = allowance_make(3, 60, 1000);

	for (int i = 0; i < 3; i++)
		assert_true(allowance_take(&b, 1000));
	assert_false(allowance_take(&b, 1000));
	assert_false(allowance_take(&b, 1999)); /* one comes back each second */
	assert_true(allowance_take(&b, 2000));
	assert_false(allowance_take(&b, 2000));
	assert_true(allowance_take(&b, 1000000)); /* no more than full */
	assert_true(allowance_take(&b, 1000000));
	assert_true(allowance_take(&b, 1000000));
	assert_false(allowance_take(&b, 1000000));
	assert_false(allowance_take(&b, 5)); /* a clock that went back */
	assert_true(allowance_take(&b, INT64_MAX / 2));
}

TEST(a_portal_opens_what_it_shows_and_nothing_else)
{
	static const char *const never[][2] = {{"access_point", "secret"},
	    {"snapshot", "all"}, {"", ""}, {"wifi_key", ""},
	    {"wifi_key", "passphrase "}};
	struct allowance b = allowance_make(2, 1, 0);
	struct keeper_question q = {.act = KEEPER_OPEN, .at = passphrase};
	bool told;

	assert_ok(rules_allow(&q, &b, 0, &told));
	assert_true(told);
	q.at.column = "pmk"; /* of the same password */
	assert_ok(rules_allow(&q, &b, 0, &told));
	assert_false(told);
	q.at.row = "k2";
	assert_ok(rules_allow(&q, &b, 0, &told));
	q.at.column = "passphrase";
	assert_ok(rules_allow(&q, &b, 0, &told));
	assert_true(told); /* and again, for nothing */
	q.at.row = "k3";
	assert_err(rules_allow(&q, &b, 0, &told), ERR_THROTTLED);
	q.at.table = "session";
	q.at.column = "id_token";
	assert_ok(rules_allow(&q, &b, 0, &told));
	assert_false(told);
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
		q.at.table = never[i][0];
		q.at.column = never[i][1];
		assert_err(rules_allow(&q, &b, 0, &told), ERR_FORBIDDEN);
	}
	q.act = KEEPER_SEAL;
	assert_ok(rules_allow(&q, &b, 0, &told));
}

/* --- a keeper in a process of its own --------------------------------------
 */

static pid_t
keeper_with(int burst, int lanes, int worker[])
{
	struct conf conf = {0};
	int both[KEEPER_LANES][2], mine[KEEPER_LANES];
	pid_t pid;

	conf.keys.reveal_burst = burst;
	conf.keys.reveal_per_minute = 1;
	for (int i = 0; i < lanes; i++) {
		const int room = 2 * KEEPER_QUESTION_MAX;

		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, both[i]), 0);
		for (int j = 0; j < 2; j++)
			(void)setsockopt(both[i][j], SOL_SOCKET, SO_SNDBUF,
			    &room, sizeof(room));
		worker[i] = both[i][0];
		mine[i] = both[i][1];
	}
	pid = fork();
	if (pid == 0) {
		struct ring *ring = whole_ring();
		struct allowance budget = keeper_budget(&conf);
		int status;

		for (int i = 0; i < lanes; i++)
			(void)close(worker[i]);
		status = keeper_serve(ring, &budget, -1, mine, lanes);
		ring_free(ring);
		_exit(status);
	}
	for (int i = 0; i < lanes; i++)
		(void)close(mine[i]);
	return pid;
}

static int
end_of(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

TEST(a_worker_seals_and_opens_through_the_keeper)
{
	OWN(ring) struct ring *whole = whole_ring();
	OWN(ring) struct ring *share = NULL;
	struct seal_place moved = passphrase;
	char why[RING_WHY], plain[64];
	uint8_t sealed[SEAL_LEN(20)], other[SEAL_LEN(20)];
	int worker[2];
	size_t n;
	pid_t pid = keeper_with(2, 2, worker);

	assert_ok(ring_of_keeper(keeper_of_sockets(worker, 2), &share, why));
	assert_ok(seal(share, &passphrase, "correct horse batter", 20, sealed));
	assert_ok(
	    seal_open(whole, &passphrase, sealed, sizeof(sealed), plain, &n));
	assert_memory_equal(plain, "correct horse batter", 20);
	memset(plain, 0, sizeof(plain));
	assert_ok(
	    seal_open(share, &passphrase, sealed, sizeof(sealed), plain, &n));
	assert_int_equal(n, 20);
	assert_memory_equal(plain, "correct horse batter", 20);
	/* another row: does not open; counts all the same */
	moved.row = "k2";
	assert_err(seal_open(share, &moved, sealed, sizeof(sealed), plain, &n),
	    ERR_CORRUPT);
	assert_err(
	    seal_open(share, &passphrase, sealed, sizeof(sealed), plain, &n),
	    ERR_THROTTLED);
	assert_ok(seal(share, &secret, "correct horse batter", 20, other));
	assert_err(seal_open(share, &secret, other, sizeof(other), plain, &n),
	    ERR_FORBIDDEN);
	assert_int_equal(n, 0);
	ring_free(give(share));
	assert_int_equal(end_of(pid), 0); /* it ends with its last lane */
}

TEST(large_values_fit_up_to_their_bound)
{
	OWN(ring) struct ring *share = NULL;
	const size_t most = KEEPER_DATA_MAX - SEAL_OVERHEAD;
	const struct seal_place at = {
	    .table = "session", .row = "s", .column = "id_token"};
	OWN(mem) uint8_t *plain = calloc(1, most + 1);
	OWN(mem) uint8_t *sealed = malloc(SEAL_LEN(most + 1));
	OWN(mem) uint8_t *out = malloc(most + 1);
	char why[RING_WHY];
	int worker[1];
	size_t n;
	pid_t pid = keeper_with(1, 1, worker);

	memset(plain, 'x', most);
	assert_ok(ring_of_keeper(keeper_of_sockets(worker, 1), &share, why));
	assert_ok(seal(share, &at, plain, most, sealed));
	assert_ok(seal_open(share, &at, sealed, SEAL_LEN(most), out, &n));
	assert_int_equal(n, most);
	assert_memory_equal(out, plain, most);
	assert_err(seal(share, &at, plain, most + 1, sealed), ERR_TOO_BIG);
	ring_free(give(share));
	assert_int_equal(end_of(pid), 0);
}

TEST(a_worker_that_sends_anything_else_ends_the_keeper)
{
	static const char *const bad[] = {
	    "", "x", "\1\2", "\1\7aaaaaaaaaaaaaaaaaaaaaaaaa"};
	int worker[1];
	pid_t pid;

	for (size_t i = 1; i < sizeof(bad) / sizeof(*bad); i++) {
		pid = keeper_with(1, 1, worker);
		assert_true(send(worker[0], bad[i], strlen(bad[i]), 0) > 0);
		assert_int_equal(WEXITSTATUS(end_of(pid)), KEEPER_BROKEN);
		(void)close(worker[0]);
	}
}

TEST(without_a_keeper_there_is_an_error_and_no_wait_for_ever)
{
	struct keeper *k;
	struct ring *share = NULL;
	char why[RING_WHY];
	int worker[1];
	pid_t pid = keeper_with(1, 1, worker);

	assert_ok(ring_of_keeper(keeper_of_sockets(worker, 1), &share, why));
	k = share->keeper;
	assert_true(keeper_alive(k));
	assert_int_equal(kill(pid, SIGKILL), 0);
	(void)end_of(pid);
	assert_false(keeper_alive(k));
	{
		uint8_t sealed[SEAL_LEN(1)];

		assert_err(seal(share, &secret, "x", 1, sealed), ERR_SEALED);
	}
	ring_free(share);
	assert_err(ring_of_keeper(keeper_at("/nowhere/keeper"), &share, why),
	    ERR_SEALED);
	assert_null(share);
	assert_true(strlen(why) > 10);
}
