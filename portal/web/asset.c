#include "portal/web/asset.h"

#include <string.h>

#include "portal/web/http.h"

static const struct asset *
find(const char *path)
{
	for (int i = 0; i < assets_count; i++)
		if (strcmp(assets[i].path, path) == 0)
			return &assets[i];
	return NULL;
}

/* A coding listed with a weight other than zero (RFC 9110 12.5.3). */
static bool
takes_gzip(const char *accept)
{
	const char *p = accept == NULL ? NULL : strstr(accept, "gzip");

	return p != NULL && strncmp(p + 4, ";q=0", 4) != 0;
}

bool
asset_reply(const struct request *rq, struct reply *rp)
{
	const struct asset *a = find(rq->path);
	const char *seen = request_header(rq, "if-none-match");
	bool gzip;

	if (a == NULL)
		return false;
	reply_header(
	    rp, "cache-control", "public, max-age=31536000, immutable");
	reply_header(rp, "etag", a->etag);
	reply_header(rp, "vary", "accept-encoding");
	if (seen != NULL && strstr(seen, a->etag) != NULL) {
		rp->status = 304;
		return true;
	}
	rp->status = 200;
	reply_header(rp, "content-type", a->type);
	gzip = takes_gzip(request_header(rq, "accept-encoding"));
	if (gzip)
		reply_header(rp, "content-encoding", "gzip");
	if (gzip)
		buf_add(&rp->body, a->gzip, (size_t)(a->gzip_end - a->gzip));
	else
		buf_add(&rp->body, a->plain, (size_t)(a->plain_end - a->plain));
	return true;
}
