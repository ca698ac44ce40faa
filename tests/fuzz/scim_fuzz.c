/* What a directory may send: a filter, a path, or a resource and its changes,
 * one line each; the first octet picks. */
#include <string.h>

#include "portal/api/api.h"
#include "portal/scim/patch.h"
#include "portal/scim/user.h"
#include "portal/scim/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
filter(const char *text, struct arena *a)
{
	static const char *const all[] = {"{}",
	    "{\"userName\":\"ada\",\"active\":true,\"emails\":[{\"type\":"
	    "\"work\",\"value\":\"a@b\",\"primary\":\"True\"},7,null],"
	    "\"name\":{\"givenName\":null},\"n\":3}"};
	struct filter_path p;
	struct why w = {0};
	struct filter *f;

	(void)!filter_path_parse(text, a, &p, &w);
	if (filter_parse(text, a, &f, &w) != ERR_OK)
		return;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		json_t *j = json_loads(all[i], 0, NULL);
		struct filter not = {.op = FILTER_NOT, .left = f};

		if (filter_match(f, j) == filter_match(&not, j))
			__builtin_trap();
		json_decref(j);
	}
	(void)filter_wants(f, "userName", NULL);
	(void)filter_names(f, "groups");
}

/* A password is nothing to keep; what another attribute says is. */
static bool
kept_password(const char *attributes)
{
	json_t *j = json_loads(attributes, 0, NULL);
	bool kept = attr_get(j, "password") != NULL;

	json_decref(j);
	return kept;
}

static void
reads(const json_t *j, struct arena *a)
{
	struct scim_user u = {.active = true};
	struct scim_group g = {0};
	struct why w = {0};
	struct uid *all;
	size_t n;

	if (user_read(j, a, &u, &w) == ERR_OK) {
		json_t *again = user_json(&u);

		if (again == NULL || kept_password(u.attributes))
			__builtin_trap();
		json_decref(again);
	}
	(void)!group_read(j, a, &g, &all, &n, &w);
}

static void
patch(char *text, struct arena *a)
{
	char *line = strchr(text, '\n');
	struct why w = {0};
	json_t *j, *request;

	if (line == NULL)
		return;
	*line++ = '\0';
	j = api_parse(text, strlen(text), API_DEPTH, &w);
	request = api_parse(line, strlen(line), API_DEPTH, &w);
	if (j && request && patch_apply(j, request, a, &w) == ERR_OK)
		reads(j, a);
	json_decref(j);
	json_decref(request);
}

static void
view(char *text, struct arena *a)
{
	char *line = strchr(text, '\n');
	struct view_want only = {.only = text}, but = {.but = text};
	struct why w = {0};
	json_t *j;

	if (line == NULL)
		return;
	*line++ = '\0';
	if ((j = api_parse(line, strlen(line), API_DEPTH, &w)) == NULL)
		return;
	json_decref(view_cut(&only, json_deep_copy(j), a));
	json_decref(view_cut(&but, j, a));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OWN(arena) struct arena *a = arena_new(1 << 20);
	char *text;

	if (size == 0 || a == NULL)
		return 0;
	text = arena_copy(a, (const char *)data + 1, size - 1);
	if (text == NULL)
		return 0;
	switch (data[0] % 3) {
	case 0:
		filter(text, a);
		break;
	case 1:
		patch(text, a);
		break;
	case 2:
		view(text, a);
		break;
	}
	return 0;
}
