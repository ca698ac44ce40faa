/* The file a responder starts from: what goes in comes out, and nothing that
 * is odd comes out at all. */
#include "tests/unit/responder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "radius/serve/snapshot.h"

static struct house h;
static struct state *st;
static char path[96], tmp[100];
static const struct world_mark mark = {.audit = 7, .hash = {1, 2, 3}};

static struct uid point; /* of its access point */

static void
make(void)
{
	struct key_data d = {.usable = true,
	    .passphrase_len = 12,
	    .passphrase = "Pancakes1124",
	    .pmk = {9}};
	struct network n = {.ssid = "Hall", .time_zone = "UTC"};
	struct world_ap w = {.ap = {.name = "hall",
				 .address = "192.0.2.0/24",
				 .dialect = "generic"}};
	struct plan p = {.name = "Staff", .vlan = 20};
	struct device dev = {.mac = {{2, 0, 0, 0, 0, 1}},
	    .origin = DEVICE_REGISTERED,
	    .last_seen = 44,
	    .blocked = true};
	struct uid id = uid_new(), gone = uid_new();
	struct known *k;

	house_make(&h);
	(void)snprintf(path, sizeof(path), "%s/snapshot", h.dir);
	(void)snprintf(tmp, sizeof(tmp), "%s.new", path);
	h.conf.radius.snapshot = path;
	(void)match_start();
	st = responder_state(&h);
	k = state_known(st);
	n.id = d.network = dev.network = uid_new();
	p.id = d.plan = uid_new();
	w.ap.id = point = uid_new();
	dev.id = uid_new();
	dev.key = id;
	assert_ok(secret_set(&w.secret, "a-secret-of-16-characters", 25));
	assert_ok(known_put_network(k, &n));
	assert_ok(known_put_plan(k, &p));
	assert_ok(known_put_ap(k, &w));
	known_ap_by_id(k, &point)->signs = true;
	assert_ok(known_put_key_data(k, &id, &d));
	assert_ok(known_put_key_data(k, &gone, &d));
	assert_ok(known_put_device_at(k, &dev, 5));
	known_drop(k, NOUN_KEY, &gone);
	assert_ok(known_settle(k));
	k->position = 123;
}

static void
end(void)
{
	state_free(st);
	(void)unlink(path);
	house_end(&h);
}

static enum err
loads(struct known **out, struct world_mark *m)
{
	*out = known_new(st->epoch);
	return snapshot_load(st, *out, m);
}

/* What loading says, of a file that must not be used. */
static const char *
refuses(void)
{
	struct world_mark m = {.audit = 0};
	struct known *k;
	enum err e = loads(&k, &m);

	assert_int_equal(m.audit, 0);
	assert_int_equal(k->position, 0);
	known_free(k);
	return err_name(e);
}

TEST(snapshot_what_goes_in_comes_out)
{
	struct world_mark m = {.audit = 0};
	struct known_device *d;
	struct stat s;
	struct mac mac = {{2, 0, 0, 0, 0, 1}};
	const struct known_network *n;
	struct known *k;

	make();
	assert_ok(snapshot_save(st, state_known(st), &mark));
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
	assert_ok(loads(&k, &m));
	assert_memory_equal(&m, &mark, sizeof(m));
	assert_int_equal(k->position, 123);
	assert_int_equal(
	    known_counts(k).keys, 1); /* not the one without data */
	assert_int_equal(known_counts(k).aps, 1);
	assert_true(known_ap_by_id(k, &point)->signs);
	assert_int_equal(known_counts(k).plans, 1);
	n = known_network(k, NULL, 0);
	assert_string_equal(n->network.ssid, "Hall");
	assert_int_equal(n->fresh->n, 1);
	d = known_device(k, &n->network.id, &mac);
	assert_true(d->blocked);
	assert_true(d->registered);
	assert_int_equal(d->last_seen, 44);
	assert_int_equal(d->site, 5);
	assert_memory_equal(
	    known_key_data(d->key)->passphrase, "Pancakes1124", 12);
	known_free(k);
	end();
}

/* Nothing is known yet: that is a state, too. */
TEST(snapshot_of_nothing_is_one)
{
	struct world_mark m;
	struct known *empty, *k;

	make();
	empty = known_new(st->epoch);
	assert_ok(snapshot_save(st, empty, &mark));
	assert_ok(loads(&k, &m));
	assert_int_equal(known_counts(k).networks, 0);
	known_free(k);
	known_free(empty);
	end();
}

TEST(snapshot_that_is_not_there_is_not_missed)
{
	make();
	assert_string_equal(refuses(), "NOT_FOUND");
	path[0] = '\0'; /* nobody wants one */
	assert_ok(snapshot_save(st, state_known(st), &mark));
	assert_string_equal(refuses(), "NOT_FOUND");
	end();
}

TEST(snapshot_that_is_no_file_is_refused)
{
	char other[110];

	make();
	assert_int_equal(mkdir(path, 0700), 0);
	assert_string_equal(refuses(), "CORRUPT");
	assert_err(snapshot_save(st, state_known(st), &mark), ERR_IO);
	assert_int_equal(access(tmp, F_OK), -1); /* nothing is left over */
	assert_int_equal(rmdir(path), 0);
	(void)snprintf(other, sizeof(other), "%s.other", path);
	assert_ok(snapshot_save(st, state_known(st), &mark));
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_string_equal(refuses(), "NOT_FOUND"); /* links lead anywhere */
	assert_int_equal(unlink(other), 0);
	end();
}

TEST(snapshot_that_cannot_be_written_leaves_the_last_one)
{
	char far[200], longest[5000];
	struct world_mark m;
	struct known *k;

	make();
	assert_ok(snapshot_save(st, state_known(st), &mark));
	assert_int_equal(mkdir(tmp, 0700), 0); /* in its way */
	assert_err(snapshot_save(st, state_known(st), &mark), ERR_IO);
	assert_int_equal(rmdir(tmp), 0);
	(void)snprintf(far, sizeof(far), "%s/no/such/place", h.dir);
	h.conf.radius.snapshot = far;
	assert_err(snapshot_save(st, state_known(st), &mark), ERR_IO);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	h.conf.radius.snapshot = longest;
	assert_err(snapshot_save(st, state_known(st), &mark), ERR_TOO_BIG);
	h.conf.radius.snapshot = "/dev/full/x";
	assert_err(snapshot_save(st, state_known(st), &mark), ERR_IO);
	h.conf.radius.snapshot = path;
	assert_ok(loads(&k, &m));
	assert_int_equal(k->position, 123);
	known_free(k);
	end();
}

/* --- octets that are not what they were --- */

static size_t
file_read(uint8_t *b, size_t max)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, b, max);

	assert_true(n > 0 && (size_t)n < max);
	(void)close(fd);
	return (size_t)n;
}

static void
file_write(const void *b, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, b, n), n);
	(void)close(fd);
}

TEST(snapshot_of_which_a_bit_or_the_end_is_gone_is_refused)
{
	static uint8_t b[1 << 16], c[1 << 16];
	size_t n;

	make();
	assert_ok(snapshot_save(st, state_known(st), &mark));
	n = file_read(b, sizeof(b));
	for (size_t i = 0; i < n; i += 1 + n / 200) {
		memcpy(c, b, n);
		c[i] ^= 1;
		file_write(c, n);
		assert_string_not_equal(refuses(), "OK");
		file_write(b, i);
		assert_string_not_equal(refuses(), "OK");
	}
	file_write(b, n);
	n = file_read(b, sizeof(b));
	c[n] = 0;
	memcpy(c, b, n);
	file_write(c, n + 1);
	assert_string_not_equal(refuses(), "OK");
	end();
}

/* Sealed by us, and odd all the same: a program of another version, or one
 * with a fault. */
struct odd {
	size_t at, len; /* where, in the plain octets */
	uint64_t to;
	const char *want;
};

TEST(snapshot_sealed_and_odd_is_refused)
{
	static const struct seal_place place = {
	    .table = "snapshot", .row = "radius", .column = "known"};
	enum { COUNT = 16 + 16 + 4 + 20 + 0, NET = 0, KEYS = 3, DEVICES = 4 };
	static const struct odd all[] = {
	    {0, 1, 'L', "NOT_FOUND"},  /* another program's */
	    {16, 1, '9', "NOT_FOUND"}, /* another version's */
	    {36, 4, 1, "NOT_FOUND"},   /* records of another size */
	    {COUNT + 8 * KEYS, 8, UINT64_MAX, "CORRUPT"},
	    {COUNT + 8 * DEVICES, 8, UINT64_MAX, "CORRUPT"},
	    {COUNT + 8 * DEVICES, 8, 2, "CORRUPT"}, /* more than there are */
	    {COUNT + 8 * NET, 8, 1000, "CORRUPT"},
	};
	static uint8_t b[1 << 16], plain[1 << 16], odd[1 << 16];
	size_t n, len = 0;

	make();
	assert_ok(snapshot_save(st, state_known(st), &mark));
	n = file_read(b, sizeof(b));
	assert_ok(seal_open(h.ring, &place, b, n, plain, &len));
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		memcpy(odd, plain, len);
		memcpy(odd + all[i].at, &all[i].to, all[i].len);
		assert_ok(seal(h.ring, &place, odd, len, b));
		file_write(b, SEAL_LEN(len));
		if (strcmp(refuses(), all[i].want) != 0)
			fail_msg("row %zu: %s", i, refuses());
	}
	assert_ok(seal(h.ring, &place, plain, 20, b)); /* no whole head */
	file_write(b, SEAL_LEN(20));
	assert_string_equal(refuses(), "CORRUPT");
	/* the length of a passphrase is looked at before it is copied */
	for (size_t i = 0; i < len - 13; i++)
		if (plain[i] == 12 && memcmp(plain + i + 1, "Panc", 4) == 0)
			plain[i] = 65;
	assert_ok(seal(h.ring, &place, plain, len, b));
	file_write(b, SEAL_LEN(len));
	assert_string_equal(refuses(), "CORRUPT");
	end();
}
