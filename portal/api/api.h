/*
 * api.h - one call of the REST API
 *
 * A row of portal/web/api.def names its runner. It gets the parsed body, calls
 * a service and leaves its answer in `out`; how the answer is sent, paging,
 * versions and repeated requests are the same for all of them (call.c).
 */
#pragma once

#include "core/model/bounds.h"
#include "core/model/field.h"
#include "core/service/json.h"
#include "portal/web/page.h"

/* What stands in a body or an answer. */
struct shape {
	const char *name;
	const struct field *fields; /* NULL: none */
	bool strict;                /* all members may be set */
};

struct api;

struct api_row {
	enum http_method method;
	const char *pattern;
	enum err (*run)(struct api *a);
	const char *name;
	int scopes;
	const char *body, *result;
	int status;
	const char *summary;
};

struct api {
	struct page *p;
	struct call *c;
	const struct api_row *row;
	struct uid id, second; /* of the path */
	json_t *body;          /* an object, or NULL */
	size_t offset, limit;
	json_t *out;     /* the answer; NULL: none */
	struct uid noun; /* what it is about; none: nothing of its own */
	int64_t version; /* of that; 0: none */
	bool done;       /* what was asked: only its answer can be missing */
	int64_t match;   /* If-Match; 0: none */
	size_t total;    /* of a list */
	bool is_list;
	int64_t next; /* the cursor of the next page; 0: none */
};

extern const struct api_row api_rows[];
extern const size_t api_rows_count;

/* The shape called NAME (without _page). Never NULL for names of api.def. */
const struct shape *shape_find(const char *name);
extern const struct shape shapes[];
extern const size_t shapes_count;

/* The noun as a JSON object, by its fields; NULL without memory for all of it.
 */
json_t *api_object(const struct field *fields, const void *noun);

/* For runners whose service has done what was asked, before they make the
 * answer, which is about NOUN (NULL: nothing of its own) in VERSION. What fails
 * from here on is the answer only, and is not told as a failure. */
void api_done(struct api *a, const struct uid *noun, int64_t version);

/* Reads members of BODY into NOUN: unknown members and members that may not
 * be set are refused, null empties. */
MUST_USE enum err
api_read(struct api *a, const struct field *fields, void *noun, bool all);

/* LIST of N nouns of SIZE octets as the answer; SLICE: all of them are here
 * and the page is cut out. */
MUST_USE enum err api_list(struct api *a, const struct field *fields,
    const void *list, size_t n, size_t size, bool slice);

/* The query parameter as an id; none when absent, BAD_INPUT when it is none. */
MUST_USE enum err api_query_id(struct api *a, const char *name, struct uid *id);

/* The same as a time of RFC 3339; 0 when absent. */
MUST_USE enum err api_query_time(struct api *a, const char *name, int64_t *at);

/* Strict JSON: an object, no name twice, no deeper than API_DEPTH. NULL with
 * the reason in W, unless json_lacked(). A pure function. */
json_t *api_parse(const char *text, size_t len, size_t depth, struct why *w);

#define API(method, pattern, run, ...) enum err api_##run(struct api *a);
#include "portal/web/api.def"
#undef API
