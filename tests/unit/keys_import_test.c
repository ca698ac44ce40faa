#include "tests/unit/service.h"

#include "core/crypt/psk.h"

static struct house h;

static struct key_import
order_for(const struct person *p, const struct secret *given)
{
	return (struct key_import){.order = {.person = p ? p->id : UID_NONE,
				       .network = h.net.id,
				       .plan = h.plan.id,
				       .kind = KEY_PERSONAL,
				       .name = "",
				       .given = given}};
}

static int64_t
keys_total(void)
{
	struct store_health s;

	assert_ok(store_service_health(&h.root, &s));
	return s.keys_total;
}

TEST(keys_import_makes_what_issuing_one_by_one_makes)
{
	struct secret given[2] = {SECRET_NONE, SECRET_NONE};
	struct key_import all[4];
	struct person carl = {.name = "Carl"};
	struct world_key k;
	uint8_t pmk[PSK_PMK];

	house_make(&h);
	assert_ok(secret_set(&given[0], "a passphrase of ours", 20));
	assert_ok(secret_set(&given[1],
	    "00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff",
	    64));
	all[0] = order_for(&h.ada, &given[0]);
	all[1] = order_for(&h.ada, &given[1]);
	all[2] = order_for(&h.bob, NULL);
	all[3] = order_for(NULL, NULL);
	all[3].owner = &carl;
	assert_ok(keys_import(&h.root, all, 4, false));
	for (int i = 0; i < 4; i++) {
		const char *text;

		assert_ok(world_key_get(&h.system, &all[i].key, &k));
		assert_true(k.usable);
		text = secret_text(&k.passphrase);
		if (k.passphrase.len == PSK_HEX)
			assert_true(text_from_hex(text, pmk, PSK_PMK));
		else
			assert_ok(psk_derive(text, k.passphrase.len, h.net.ssid,
			    strlen(h.net.ssid), pmk));
		assert_memory_equal(k.pmk.b, pmk, PSK_PMK);
	}
	assert_string_equal(k.person, carl.id.s);
	house_end(&h);
}

TEST(keys_import_is_all_or_nothing_and_says_what_is_wrong_with_each)
{
	struct secret same = SECRET_NONE, weak = SECRET_NONE;
	struct key_import all[5];

	house_make(&h);
	assert_ok(secret_set(&same, "a passphrase of ours", 20));
	assert_ok(secret_set(&weak, "aaaaaaaaaa", 10));
	all[0] = order_for(&h.ada, &same);
	all[1] = order_for(&h.bob, &same);
	all[2] = order_for(&h.bob, &weak);
	all[3] = order_for(&h.bob, NULL);
	all[4] = order_for(&h.bob, NULL);
	all[4].order.not_after = NOON - 1;
	assert_err(keys_import(&h.root, all, 5, false), ERR_BAD_INPUT);
	assert_ok(all[0].err);
	assert_err(all[1].err, ERR_BAD_INPUT);
	assert_string_equal(all[1].why.field, "passphrase");
	assert_err(all[2].err, ERR_BAD_INPUT);
	assert_ok(all[3].err);
	assert_err(all[4].err, ERR_BAD_INPUT);
	assert_string_equal(all[4].why.field, "not_after");
	assert_int_equal(keys_total(), 0);
	house_end(&h);
}

TEST(keys_import_tried_stores_nothing)
{
	struct person carl = {.name = "Carl"}, *found;
	struct key_import all[1];
	size_t n, total;

	house_make(&h);
	all[0] = order_for(NULL, NULL);
	all[0].owner = &carl;
	assert_ok(keys_import(&h.root, all, 1, true));
	assert_int_equal(keys_total(), 0);
	assert_ok(people_list(&h.root, "carl", 0, 10, &found, &n, &total));
	assert_int_equal(total, 0);
	house_end(&h);
}

TEST(keys_import_counts_the_limit_of_each_person)
{
	struct key_import all[KEYS_PER_PERSON + 1];

	house_make(&h);
	for (size_t i = 0; i <= KEYS_PER_PERSON; i++)
		all[i] = order_for(&h.ada, NULL);
	assert_err(
	    keys_import(&h.root, all, KEYS_PER_PERSON + 1, false), ERR_LIMIT);
	assert_int_equal(keys_total(), 0);
	assert_ok(keys_import(&h.root, all, KEYS_PER_PERSON, false));
	assert_int_equal(keys_total(), KEYS_PER_PERSON);
	house_end(&h);
}

TEST(keys_import_is_for_staff)
{
	struct key_import one;
	struct call ada, desk;

	house_make(&h);
	one = order_for(&h.ada, NULL);
	ada = house_call(&h, &h.ada, 1 << ROLE_PERSON);
	desk = house_call(&h, &h.bob, 1 << ROLE_DESK);
	assert_err(keys_import(&ada, &one, 1, false), ERR_FORBIDDEN);
	assert_err(keys_import(&desk, &one, 1, false), ERR_FORBIDDEN);
	house_end(&h);
}
