/*
 * asset.h - style sheet, script and icons, inside the program
 *
 * Their names carry a hash of their content, so a browser may keep them for
 * good. Nothing but what is in the table can be named.
 */
#pragma once

#include <stdbool.h>

struct request;
struct reply;

struct asset {
	const char *path, *type, *etag;
	const char *plain, *plain_end, *gzip, *gzip_end;
};

extern const struct asset assets[];
extern const int assets_count;

/* Fills RP and returns true when the path of RQ is one of ours. */
bool asset_reply(const struct request *rq, struct reply *rp);
