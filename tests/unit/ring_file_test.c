/* The file of the master key: what may be wrong with it, and what may go wrong
 * while it is made or changed. */
#include "tests/unit/failing.h"

#include <dirent.h>
#include <limits.h>
#include <sys/file.h>

#include "core/base/text.h"
#include "core/crypt/hash.h"
#include "core/crypt/psk.h"
#include "core/crypt/ring.h"

static char dir[] = "/tmp/latchkey-ringfile-XXXXXX";
static char path[64], why[RING_WHY];

static const struct seal_place here = {
    .table = "key", .row = "r1", .column = "psk", .generation = 7};

static void
folder_make(void)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/latchkey-ringfile-XXXXXX");
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/master.key", dir);
}

static int
files(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	for (struct dirent *f; (f = readdir(d)) != NULL;)
		n += f->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

/* Nothing was left beside the key. */
static void
folder_end(void)
{
	(void)unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

static void
put(const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(close(fd), 0);
}

static void
refuses(const char *file, const char *said)
{
	struct ring *r = NULL;

	assert_err(ring_load(file, &r, why), ERR_SEALED);
	assert_null(r);
	if (strstr(why, said) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", said, why);
}

TEST(ring_file_says_what_is_wrong_with_it)
{
	char big[RING_FILE_MAX + 1];

	folder_make();
	refuses("/dev/null/master.key", "Not a directory");
	refuses("/proc/self/mem", "Input/output error");
	refuses(dir, "not a plain file");
	memset(big, 'x', sizeof(big));
	put(big, sizeof(big));
	refuses(path, "longer than");
	put(big, 100);
	refuses(path, "line 1: not understood");
	assert_null(strstr(why, "xxx"));
	folder_end();
}

TEST(ring_file_in_no_folder_is_not_made)
{
	char far[PATH_MAX + 8];

	assert_err(ring_create("/nonexistent/master.key", why), ERR_IO);
	assert_non_null(strstr(why, "No such file"));
	memset(far, 'x', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	assert_err(ring_create(far, why), ERR_IO);
	assert_non_null(strstr(why, "too long"));
}

TEST(ring_file_of_a_name_alone_is_in_this_folder)
{
	char was[PATH_MAX];
	OWN(ring) struct ring *r = NULL;
	OWN(ring) struct ring *passed = NULL;

	folder_make();
	assert_non_null(getcwd(was, sizeof(was)));
	assert_int_equal(chdir(dir), 0);
	assert_ok(ring_create("master.key", why));
	assert_ok(ring_add("master.key", why));
	assert_ok(ring_load("master.key", &r, why));
	assert_int_equal(ring_keys(r), 2);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", dir, 1), 0);
	assert_ok(ring_load("master.key", &passed, why));
	assert_string_equal(ring_newest(passed), ring_newest(r));
	assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
	assert_int_equal(chdir(was), 0);
	folder_end();
}

TEST(ring_file_is_changed_by_one_at_a_time_and_only_when_sound)
{
	size_t dropped = 7;
	int fd;

	folder_make();
	assert_err(ring_add(path, why), ERR_SEALED);
	assert_err(ring_drop_old(path, &dropped, why), ERR_SEALED);
	assert_int_equal(dropped, 0);
	assert_ok(ring_create(path, why));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_err(ring_add(path, why), ERR_BUSY);
	assert_non_null(strstr(why, "somebody else"));
	assert_int_equal(close(fd), 0);
	assert_ok(ring_add(path, why));
	put("rubble\n", 7);
	assert_err(ring_add(path, why), ERR_SEALED);
	assert_err(ring_drop_old(path, &dropped, why), ERR_SEALED);
	assert_int_equal(files(), 1);
	folder_end();
}

/* --- looking again --- */

TEST(ring_that_meets_a_newer_key_reads_its_file_again)
{
	OWN(ring) struct ring *old = NULL;
	OWN(ring) struct ring *new = NULL;
	OWN(secret) struct secret s = SECRET_NONE;
	uint8_t sealed[SEAL_LEN(8)];

	folder_make();
	assert_ok(ring_create(path, why));
	assert_ok(ring_load(path, &old, why));
	assert_false(ring_refresh(old));
	assert_ok(ring_add(path, why));
	assert_ok(ring_load(path, &new, why));
	assert_ok(seal(new, &here, "password", 8, sealed));
	assert_ok(seal_open_secret(old, &here, sealed, sizeof(sealed), &s));
	assert_string_equal(secret_text(&s), "password");
	assert_string_equal(ring_newest(old), ring_newest(new));
	assert_true(ring_has(old, ring_newest(new)));
	ring_forget_file(old);
	assert_ok(ring_add(path, why));
	assert_false(ring_refresh(old));
	folder_end();
}

TEST(ring_keeps_what_it_has_when_the_file_is_no_good)
{
	static const char other[] =
	    "latchkey-base 1 00000000 "
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	    "latchkey-key 1 00000001 "
	    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
	OWN(ring) struct ring *r = NULL;
	OWN(secret) struct secret s = SECRET_NONE;
	uint8_t sealed[SEAL_LEN(8)];

	folder_make();
	assert_ok(ring_create(path, why));
	assert_ok(ring_load(path, &r, why));
	assert_ok(seal(r, &here, "password", 8, sealed));
	put("rubble\n", 7);
	assert_false(ring_refresh(r));
	put(other, sizeof(other) - 1); /* of another installation */
	assert_false(ring_refresh(r));
	assert_int_equal(unlink(path), 0);
	assert_false(ring_refresh(r));
	assert_ok(seal_open_secret(r, &here, sealed, sizeof(sealed), &s));
	folder_end();
}

/* --- bounds --- */

TEST(seal_has_bounds_that_no_memory_is_read_beyond)
{
	OWN(ring) struct ring *r = NULL;
	char row[1024];
	struct seal_place far = {.table = "key", .row = row, .column = "psk"};
	uint8_t sealed[SEAL_LEN(8)], plain[8];
	const size_t most = (size_t)1 << 30;
	size_t len = 7;

	folder_make();
	assert_ok(ring_create(path, why));
	assert_ok(ring_load(path, &r, why));
	memset(row, 'x', sizeof(row) - 1);
	row[sizeof(row) - 1] = '\0';
	assert_err(seal(r, &far, "password", 8, sealed), ERR_TOO_BIG);
	assert_err(seal(r, &here, "password", most + 1, sealed), ERR_TOO_BIG);
	assert_ok(seal(r, &here, "password", 8, sealed));
	assert_err(seal_open(r, &far, sealed, sizeof(sealed), plain, &len),
	    ERR_CORRUPT);
	assert_int_equal(len, 0);
	assert_err(
	    seal_open(r, &here, sealed, most + SEAL_OVERHEAD + 1, plain, &len),
	    ERR_CORRUPT);
	folder_end();
}

TEST(hash_takes_no_more_parts_than_it_says)
{
	struct hash_part parts[HASH_PARTS_MAX + 1];
	uint8_t key[HASH_LEN] = {1}, out[HASH_LEN];

	for (size_t i = 0; i <= HASH_PARTS_MAX; i++)
		parts[i] = (struct hash_part){"x", 1};
	assert_ok(hash_hmac(key, sizeof(key), parts, HASH_PARTS_MAX, out));
	assert_err(hash_hmac(key, sizeof(key), parts, HASH_PARTS_MAX + 1, out),
	    ERR_INTERNAL);
}

/* --- calls that fail --- */

static struct ring *used;

static enum err
hashes(void)
{
	uint8_t key[HASH_LEN] = {1}, out[HASH_LEN];
	enum err e;

	if ((e = hash_sha256("abc", 3, out)) ||
	    (e = hash_fingerprint(key, "net", "secret", 6, out)))
		return e;
	return hash_hkdf(key, sizeof(key), "info", out);
}

static enum err
derives(void)
{
	/* IEEE Std 802.11-2020 J.4.2 */
	static const uint8_t want[] = {0xf4, 0x2c, 0x6f, 0xc5};
	uint8_t pmk[PSK_PMK] = {0};
	enum err e = psk_derive("password", 8, "IEEE", 4, pmk);

	if (e == ERR_OK)
		assert_memory_equal(pmk, want, sizeof(want));
	return e;
}

static enum err
seals_and_opens(void)
{
	OWN(secret) struct secret s = SECRET_NONE;
	uint8_t sealed[SEAL_LEN(8)];
	enum err e;

	if ((e = seal(used, &here, "password", 8, sealed)) == ERR_OK &&
	    (e = seal_open_secret(used, &here, sealed, sizeof(sealed), &s)) ==
		ERR_OK)
		assert_string_equal(secret_text(&s), "password");
	return e;
}

static enum err
loads(void)
{
	OWN(ring) struct ring *r = NULL;
	enum err e = ring_load(path, &r, why);

	assert_true((r != NULL) == (e == ERR_OK));
	return e;
}

static enum err
shares(void)
{
	OWN(ring) struct ring *s = NULL;
	uint8_t b[RING_SHARE_MAX];

	return ring_share_get(b, ring_share_put(used, b), &s);
}

TEST(ring_and_seal_survive_every_allocation_failing_once)
{
	/* a PMK copies its digest 16384 times */
	static const struct {
		enum err (*act)(void);
		long step;
	} all[] = {{hashes, 1}, {derives, 9973}, {seals_and_opens, 1},
	    {loads, 1}, {shares, 1}};

	if (!starve_in_front())
		return;
	folder_make();
	assert_ok(ring_create(path, why));
	assert_ok(ring_load(path, &used, why));
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_true(
		    failing_sweep(FAILING_ALLOC, all[i].act, all[i].step) > 0);
	ring_free(used);
	folder_end();
}

/* A file that could not be made is not there, and nothing of it is. */
static enum err
makes(void)
{
	enum err e;

	(void)unlink(path);
	e = ring_create(path, why);
	(void)failing_pause();
	assert_int_equal(files(), e == ERR_OK);
	if (e)
		assert_true(strlen(why) > 10);
	return e;
}

/* Whatever fails, there is one file, and what it had sealed opens. */
static enum err
rotates(void)
{
	OWN(ring) struct ring *before = NULL;
	OWN(ring) struct ring *after = NULL;
	OWN(secret) struct secret s = SECRET_NONE;
	uint8_t sealed[SEAL_LEN(8)];
	long n;
	size_t dropped;
	enum err e;

	n = failing_pause();
	assert_ok(ring_drop_old(path, &dropped, why));
	assert_ok(ring_load(path, &before, why));
	assert_ok(seal(before, &here, "password", 8, sealed));
	failing_resume(n);
	e = ring_add(path, why);
	(void)failing_pause();
	assert_int_equal(files(), 1);
	assert_ok(ring_load(path, &after, why));
	assert_ok(seal_open_secret(after, &here, sealed, sizeof(sealed), &s));
	return e;
}

static enum err
drops(void)
{
	OWN(ring) struct ring *after = NULL;
	size_t dropped;
	long n;
	enum err e;

	n = failing_pause();
	assert_ok(ring_add(path, why));
	failing_resume(n);
	e = ring_drop_old(path, &dropped, why);
	(void)failing_pause();
	assert_int_equal(files(), 1);
	assert_ok(ring_load(path, &after, why));
	if (e == ERR_OK)
		assert_int_equal(ring_keys(after), 1);
	return e;
}

TEST(ring_file_survives_every_call_failing_once)
{
	static const enum failing all[] = {FAILING_ALLOC, FAILING_WRITE,
	    FAILING_SYNC, FAILING_RENAME, FAILING_LINK, FAILING_MODE};
	int told = 0;

	if (!starve_in_front())
		return;
	folder_make();
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		told += failing_sweep(all[i], makes, 1);
		told += failing_sweep(all[i], rotates, 1);
		told += failing_sweep(all[i], drops, 1);
	}
	assert_true(told >= 12);
	folder_end();
}
