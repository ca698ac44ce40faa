#include "portal/web/plain.h"

#include <stdatomic.h>
#include <string.h>
#include <strings.h>

#include "core/base/log.h"
#include "portal/web/acme.h"
#include "portal/web/client.h"
#include "portal/web/vhost.h"

enum { NAME_MAX_LEN = 255 };

#define APPLE                                                                  \
	"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"

static const struct probe {
	const char *host, *path;
	int status;
	const char *type, *body;
} probes[] = {
#define PROBE(host, path, status, type, body) {host, path, status, type, body},
#include "portal/web/probe.def"
#undef PROBE
};

static bool
asked(const struct probe *p, const char *host)
{
	size_t n = strlen(host), suffix = strlen(p->host);

	if (p->host[0] == '.')
		return n > suffix &&
		       strcasecmp(host + n - suffix, p->host) == 0;
	return suffix == 0 || strcasecmp(host, p->host) == 0;
}

static const struct probe *
find(const char *host, const char *path)
{
	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++)
		if (strcmp(path, probes[i].path) == 0 &&
		    asked(&probes[i], host))
			return &probes[i];
	return NULL;
}

/* The name without the port; "" for an address in brackets or a long one. */
static void
name_of(const char *host, char out[static NAME_MAX_LEN + 1])
{
	size_t n = strcspn(host, ":");

	out[0] = '\0';
	if (*host == '[' || n > NAME_MAX_LEN)
		return;
	memcpy(out, host, n);
	out[n] = '\0';
}

static void
say(struct reply *rp, int status, const char *type, const char *body)
{
	rp->status = status;
	if (*type != '\0')
		reply_header(rp, "content-type", type);
	buf_text(&rp->body, body);
}

static void
show_the_way(const struct app *app, const char *path, const char *query,
    struct reply *rp)
{
	say(rp, 302, "text/plain; charset=utf-8", "Please go on to ");
	buf_printf(&rp->body, "%s%s\n", app->origin, path);
	reply_headerf(rp, "location", "%s%s%s%s", app->origin, path,
	    *query != '\0' ? "?" : "", query);
}

static const char *
reason(enum err e)
{
	return e == ERR_CONFIG ? "portal.acme_webroot cannot be opened"
	       : e == ERR_IO   ? "cannot be read"
			       : "no regular file, or not of its token";
}

/* Anybody may ask here: each reason is said once, until a file is there. */
static void
complain(const char *token, enum err e)
{
	static atomic_ulong said;
	const unsigned long bit = 1UL << e;

	if (e == ERR_OK)
		atomic_store(&said, 0);
	else if (e != ERR_NOT_FOUND && !(atomic_fetch_or(&said, bit) & bit))
		LOG(WARN, "portal.acme", LOG_S("file", token),
		    LOG_S("reason", reason(e)));
}

/* What an authority asks for, if the operator wants one to (RFC 8555 8.3). */
static void
prove(const char *webroot, const char *path, struct reply *rp)
{
	const char *token = acme_token(path);
	char says[ACME_SAYS_MAX];
	size_t len = 0;
	enum err e = token == NULL ? ERR_NOT_FOUND
				   : acme_read(webroot, token, says, &len);

	complain(token, e);
	if (e != ERR_OK) {
		say(rp, 404, "text/plain", "There is nothing here.\n");
		return;
	}
	say(rp, 200, "application/octet-stream", "");
	buf_add(&rp->body, says, len);
}

void
plain_reply(const struct app *app, const char *host, const struct request *rq,
    struct reply *rp)
{
	const struct conf *c = app->conf;
	const struct probe *probe;
	char name[NAME_MAX_LEN + 1];

	if (rp->body.max == 0)
		rp->body.max = HTTP_REPLY_MAX;
	name_of(host, name);
	reply_header(rp, "cache-control", "no-store");
	reply_header(rp, "x-content-type-options", "nosniff");
	if (rq->method != HTTP_GET && rq->method != HTTP_HEAD)
		say(rp, 405, "text/plain", "This cannot be done here.\n");
	else if (c->portal.acme_webroot[0] != '\0' && acme_path(rq->path))
		prove(c->portal.acme_webroot, rq->path, rp);
	else if (app->origin[0] != '\0' && vhost_ours(c, name))
		show_the_way(app, rq->path, rq->query, rp);
	else if (app->origin[0] != '\0' &&
		 client_among(&c->captive.networks, &rq->peer))
		show_the_way(app, "/captive", "", rp);
	else if ((probe = find(name, rq->path)) != NULL)
		say(rp, probe->status, probe->type, probe->body);
	else
		say(rp, 404, "text/plain", "There is nothing here.\n");
}
