/* Every setting of conf.def that has bounds, at them and one beyond (B-8). */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/conf/table.h"

static const char *
filled(int64_t n)
{
	static char room[CONF_TEXT_MAX + 2];

	assert_in_range(n, 0, CONF_TEXT_MAX + 1);
	memset(room, 'x', (size_t)n);
	room[n] = '\0';
	return room;
}

static bool
list_takes(const struct conf_row *r, int64_t n, void *at, struct conf_memory *m)
{
	const char *v[CONF_LIST_MAX + 2];
	char want[CONF_WHY];

	assert_in_range(n, 0, CONF_LIST_MAX + 1);
	for (int64_t i = 0; i < n; i++)
		v[i] = "x";
	return conf_list_value(r, v, (size_t)n, at, m, want);
}

TEST(conf_lists_have_a_bound_of_their_own)
{
	static const struct conf_row r = {
	    .name = "any", .kind = CONF_LIST, .most = CONF_LIST_MAX + 1};
	struct conf_memory *m = conf_memory_new();
	char at[64];

	assert_non_null(m);
	assert_true(list_takes(&r, CONF_LIST_MAX - 1, at, m));
	assert_true(list_takes(&r, CONF_LIST_MAX, at, m));
	assert_false(list_takes(&r, CONF_LIST_MAX + 1, at, m));
	conf_memory_free(m);
}

static bool
setting_takes(
    const struct conf_row *r, int64_t n, void *at, struct conf_memory *m)
{
	char text[32], want[CONF_WHY];

	if (r->kind == CONF_LIST)
		return list_takes(r, n, at, m);
	if (r->kind == CONF_TEXT || r->kind == CONF_SAID)
		return conf_value(r, filled(n), at, m, want);
	(void)snprintf(text, sizeof(text), "%lld%s", (long long)n,
	    r->kind == CONF_TIME ? "s" : "");
	return conf_value(r, text, at, m, want);
}

static void
stand_at(const struct conf_section *s, const struct conf_row *r, void *at,
    struct conf_memory *m)
{
	const struct {
		int64_t n;
		bool want;
	} all[] = {{r->least - 1, false}, {r->least, true},
	    {r->least + 1, r->least < r->most},
	    {r->most - 1, r->least < r->most}, {r->most, true},
	    {r->most + 1, false}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].n >= 0 &&
		    setting_takes(r, all[i].n, at, m) != all[i].want)
			fail_msg("%s.%s: %lld was %s", s->name, r->name,
			    (long long)all[i].n,
			    all[i].want ? "refused" : "taken");
}

TEST(conf_settings_hold_to_their_bounds)
{
	struct conf_memory *m = conf_memory_new();
	void *at = calloc(1, 1 << 16);
	size_t n = 0;

	assert_non_null(m);
	assert_non_null(at);
	for (size_t i = 0; i < conf_nsections; i++)
		for (size_t k = 0; k < conf_sections[i].nrows; k++) {
			const struct conf_row *r = &conf_sections[i].rows[k];
			bool bounds =
			    r->kind == CONF_INT || r->kind == CONF_TIME ||
			    r->kind == CONF_SIZE || r->kind == CONF_LIST ||
			    (r->kind == CONF_TEXT && r->most != 0) ||
			    r->kind == CONF_SAID;

			if (!bounds)
				continue;
			assert_in_range(r->most, 1,
			    r->kind == CONF_LIST ? CONF_LIST_MAX : INT64_MAX);
			stand_at(&conf_sections[i], r, at, m);
			n++;
		}
	print_message("%zu settings\n", n);
	assert_true(n > 60);
	free(at);
	conf_memory_free(m);
}
