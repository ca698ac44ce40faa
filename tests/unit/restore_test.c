#include "tests/unit/service.h"

#include <fcntl.h>

static struct house h;
static char copy[96];

static void
reopen(void)
{
	struct why w;

	assert_ok(store_service_open(&h.conf, h.ring, false, &h.store, &w));
	h.root.store = h.system.store = h.store;
}

static void
shut(void)
{
	store_service_close(h.store);
	h.store = NULL;
}

/* S-07 */
TEST(restore_keeps_dead_what_died_since_the_backup)
{
	struct key_view gone, held, kept, shorter, v;
	struct change *ch;
	struct person p;
	size_t carried, n;
	int64_t at, bad, last;
	static const struct world_visitor nothing;
	struct why why;
	char head[65];

	house_make(&h);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", h.dir);
	gone = house_key(&h, &h.ada);
	held = house_key(&h, &h.ada);
	kept = house_key(&h, &h.ada);
	shorter = house_key(&h, &h.ada);
	assert_ok(store_service_backup(&h.root, copy, &why));
	assert_ok(keys_revoke(&h.root, &gone.key.id, "lost"));
	assert_ok(keys_suspend(&h.root, &held.key.id, "unpaid"));
	assert_ok(keys_set_end(&h.root, &shorter.key.id, NOON + 60, 1));
	assert_ok(people_set_state(&h.root, &h.bob.id, PERSON_ENDED, "left"));
	assert_ok(world_load(&h.system, &nothing, &at));
	shut();
	assert_ok(store_service_restore(&h.conf, h.ring, copy, &carried, &why));
	assert_int_equal(carried, 4);
	reopen();
	assert_ok(keys_get(&h.root, &gone.key.id, &v));
	assert_int_equal(v.standing, KEY_IS_REVOKED);
	assert_string_equal(v.key.reason, "lost");
	assert_ok(keys_get(&h.root, &held.key.id, &v));
	assert_int_equal(v.standing, KEY_IS_SUSPENDED);
	assert_ok(keys_get(&h.root, &kept.key.id, &v));
	assert_int_equal(v.standing, KEY_IS_ACTIVE);
	assert_ok(keys_get(&h.root, &shorter.key.id, &v));
	assert_int_equal(v.key.not_after, NOON + 60);
	assert_ok(people_get(&h.root, &h.bob.id, &p));
	assert_int_equal(p.state, PERSON_ENDED);
	/* followers of the old feed have to start over */
	assert_err(feed_read(&h.system, at, 9, &ch, &n), ERR_NOT_FOUND);
	assert_ok(audit_verify(&h.root, NULL, 0, &bad, &last, head));
	assert_int_equal(bad, 0);
	house_end(&h);
}

TEST(restore_refuses_a_store_in_use_and_a_foreign_master_key)
{
	struct ring *other;
	char why_ring[RING_WHY], path[96];
	struct key_view v;
	struct why why;
	size_t carried;

	house_make(&h);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", h.dir);
	(void)snprintf(path, sizeof(path), "%s/other.key", h.dir);
	v = house_key(&h, &h.ada);
	assert_ok(store_service_backup(&h.root, copy, &why));
	assert_err(store_service_restore(&h.conf, h.ring, copy, &carried, &why),
	    ERR_BUSY);
	shut();
	assert_ok(ring_create(path, why_ring));
	assert_ok(ring_load(path, &other, why_ring));
	assert_err(store_service_restore(&h.conf, other, copy, &carried, &why),
	    ERR_SEALED);
	assert_non_null(strstr(why.text, "master key"));
	ring_free(other);
	reopen();
	assert_ok(keys_get(&h.root, &v.key.id, &v));
	house_end(&h);
}

TEST(restore_on_a_fresh_machine)
{
	struct key_view v;
	struct store_health health;
	struct why why;
	size_t carried;

	house_make(&h);
	(void)snprintf(copy, sizeof(copy), "%s/copy.db", h.dir);
	v = house_key(&h, &h.ada);
	assert_ok(store_service_backup(&h.root, copy, &why));
	shut();
	assert_int_equal(unlink(h.at.path), 0);
	assert_ok(store_service_restore(&h.conf, h.ring, copy, &carried, &why));
	assert_int_equal(carried, 0);
	reopen();
	assert_ok(keys_get(&h.root, &v.key.id, &v));
	assert_ok(store_service_health(&h.root, &health));
	assert_true(health.sound);
	assert_int_equal(health.keys_active, 1);
	assert_int_equal(health.people, 2);
	assert_int_equal(health.aps, 1);
	house_end(&h);
}

TEST(open_tells_a_wrong_master_key_from_damage)
{
	struct ring *other;
	char why_ring[RING_WHY], path[96];
	struct store *st;
	struct why why;

	house_make(&h);
	(void)snprintf(path, sizeof(path), "%s/other.key", h.dir);
	assert_ok(ring_create(path, why_ring));
	assert_ok(ring_load(path, &other, why_ring));
	assert_err(
	    store_service_open(&h.conf, other, false, &st, &why), ERR_SEALED);
	assert_null(st);
	assert_err(store_service_create(&h.conf, other, &why), ERR_EXISTS);
	ring_free(other);
	house_end(&h);
}
