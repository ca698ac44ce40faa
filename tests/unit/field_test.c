#include "tests/unit/test.h"

#include "core/model/field.h"

static const struct field *const tables[] = {network_fields, plan_fields,
    rule_fields, person_fields, key_fields, device_fields, ap_fields,
    visit_fields};

TEST(every_row_says_what_it_is)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct field *f = tables[i]; f->name; f++) {
			assert_true(strlen(f->help) > 2);
			assert_true(f->kind != FIELD_TERM || f->term != NULL);
			assert_true(f->term == NULL || f->kind == FIELD_TERM ||
				    f->kind == FIELD_TEXT);
			assert_ptr_equal(field_find(tables[i], f->name), f);
		}
	assert_null(field_find(plan_fields, "no_such"));
}

TEST(what_is_set_is_what_is_got)
{
	static const char *const pairs[][2] = {{"name", "Staff"},
	    {"vlan", "20"}, {"rate_down", "50000"}, {"lifetime", "end-of-day"},
	    {"lifetime_at", "2026-12-24T10:00:00Z"}, {"self_service", "yes"},
	    {"network", "0123456789abcdefghjkmnpqrs"}};
	struct plan p = {0};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		const struct field *f = field_find(plan_fields, pairs[i][0]);
		OWN(buf) struct buf b = BUF(100);

		assert_ok(field_set(f, &p, pairs[i][1], NULL));
		field_get(f, &p, &b);
		assert_string_equal(buf_str(&b), pairs[i][1]);
	}
	assert_int_equal(p.lifetime, LIFETIME_END_OF_DAY);
}

TEST(what_is_wrong_is_named)
{
	struct why w;
	struct plan p = {.vlan = 7};

	assert_err(field_set(field_find(plan_fields, "vlan"), &p, "0x10", &w),
	    ERR_BAD_INPUT);
	assert_string_equal(w.field, "vlan");
	assert_int_equal(p.vlan, 7);
	assert_err(
	    field_set(field_find(plan_fields, "style"), &p, "digits", &w),
	    ERR_BAD_INPUT);
}

TEST(roles_are_words_joined_by_commas)
{
	struct rule r = {0};
	const struct field *f = field_find(rule_fields, "roles");
	OWN(buf) struct buf b = BUF(100);

	assert_ok(field_set(f, &r, "desk,admin", NULL));
	assert_int_equal(r.roles, 1 << ROLE_DESK | 1 << ROLE_ADMIN);
	field_get(f, &r, &b);
	assert_string_equal(buf_str(&b), "desk,admin");
	assert_err(field_set(f, &r, "desk,king", NULL), ERR_BAD_INPUT);
}

TEST(only_days_that_exist_are_read)
{
	int64_t t = 0;

	assert_true(field_time_parse("2024-02-29", &t));
	assert_int_equal(t, 1709164800);
	assert_true(field_time_parse("1969-12-31T23:59:59Z", &t));
	assert_int_equal(t, -1);
	for (const char **bad = (const char *[]){"", "2023-02-29", "2024-13-01",
		 "2024-00-10", "2024-1-1", "2024-01-01T24:00:00Z",
		 "2024-01-01T10:00:00", "2024-01-01 10:00:00Z", NULL};
	     *bad != NULL; bad++)
		assert_false(field_time_parse(*bad, &t));
}
