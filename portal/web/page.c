#include "portal/web/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/say.h"
#include "core/net/url.h"
#include "portal/web/again.h"
#include "portal/web/problem.h"
#include "portal/web/route.h"

enum err
page_html(struct page *p, int status)
{
	p->rp->status = status;
	reply_header(p->rp, "content-type", "text/html; charset=utf-8");
	return p->rp->body.err;
}

enum err
page_go(struct page *p, const char *path)
{
	buf_clear(&p->rp->body);
	p->rp->status = 303;
	reply_header(p->rp, "location", path);
	return ERR_OK;
}

enum err
page_gof(struct page *p, const char *fmt, ...)
{
	OWN(mem) char *path = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&path, fmt, ap);
	va_end(ap);
	if (n < 0) {
		path = NULL;
		return ERR_NO_MEMORY;
	}
	return page_go(p, path);
}

const char *
page_query(struct page *p, const char *text)
{
	OWN(buf) struct buf b = BUF(URL_MAX);

	url_escape(&b, text);
	return b.err ? NULL : arena_text(p->arena, buf_str(&b));
}

/* A file name that no system can read as anything else. */
enum err
page_file(struct page *p, const char *type, const char *name)
{
	char plain[80];
	size_t n = 0;

	for (; *name != '\0' && n + 1 < sizeof(plain); name++) {
		bool ok = (*name >= 'a' && *name <= 'z') ||
			  (*name >= 'A' && *name <= 'Z') ||
			  (*name >= '0' && *name <= '9') ||
			  ((*name == '.' || *name == '-') && n > 0);

		plain[n++] = ok ? *name : '_';
	}
	plain[n] = '\0';
	p->rp->status = 200;
	reply_header(p->rp, "content-type", type);
	reply_headerf(
	    p->rp, "content-disposition", "attachment; filename=\"%s\"", plain);
	return p->rp->body.err;
}

enum err
page_sign_in(struct page *p)
{
	OWN(buf) struct buf to = BUF(URL_MAX);

	buf_text(&to, "/signin");
	if (strcmp(p->rq->path, "/") != 0 &&
	    strcmp(route_return(p->rq->path), p->rq->path) == 0) {
		buf_text(&to, "?return=");
		url_escape(&to, p->rq->path);
	}
	return page_go(p, buf_str(&to));
}

const char *
page_prove_at(struct page *p, const char *path)
{
	const char *to = page_query(p, route_return(path));

	if (to == NULL)
		return NULL;
	if (p->session.provider[0] != '\0')
		return arena_printf(p->arena, "/signin/%s?fresh=1&return=%s",
		    p->session.provider, to);
	/* who came by a link by mail, while there were such */
	return arena_printf(p->arena, "%s?return=%s",
	    p->app->conf->mail.links_a_day ? "/link" : "/signin", to);
}

enum err
page_prove(struct page *p, const char *path)
{
	const char *to = page_prove_at(p, path);

	return to == NULL ? ERR_NO_MEMORY : page_go(p, to);
}

bool
page_is_fresh(const struct page *p)
{
	return p->signed_in && p->session.auth_at + PAGE_FRESH > p->rq->now;
}

struct uid
page_id(const struct page *p, int n)
{
	struct uid id = UID_NONE;

	if (p->rq->args[n] != NULL && !uid_parse(p->rq->args[n], &id))
		return UID_NONE;
	return id;
}

static void
note(const struct page *p, int status, const char *incident, const char *kind,
    const char *detail)
{
	const char *name = p->route != NULL ? p->route->name : "";

	if (status >= 500)
		LOG(ERROR, "page.failed", LOG_S("incident", incident),
		    LOG_S("page", name), LOG_S("kind", kind),
		    LOG_S("detail", detail));
	else
		LOG(INFO, "page.refused", LOG_S("incident", incident),
		    LOG_S("page", name), LOG_S("kind", kind),
		    LOG_S("detail", detail));
}

static bool
is_read(const struct page *p)
{
	return p->rq->method == HTTP_GET || p->rq->method == HTTP_HEAD;
}

/* What to do, where the words of the failure do not say it. */
static const char *
advice(int status)
{
	switch (status) {
	case 405:
		return SAY("This address only takes what a form sends. Begin "
			   "again from the start.");
	case 409:
		return SAY("It may have changed since you opened the page. Go "
			   "back, and look at it again.");
	case 413:
		return SAY("Choose a smaller file, or send less at once.");
	default:
		return status < 500 ? ""
				    : SAY("If it stays like this, ask the "
					  "people named below.");
	}
}

/* The page that was asked for, where asking again may help. */
static const char *
retry(const struct page *p, int status)
{
	if (!is_read(p) || p->route == NULL || (status < 500 && status != 429))
		return "";
	return p->route->who == ANYONE && (p->route->guards & SLOW) != 0
		   ? ""
		   : p->rq->path;
}

/* The start: of the address that is served, where another was asked for. */
static const char *
start(struct page *p, int status)
{
	const char *at = status == 421 && p->app->origin[0] != '\0'
			     ? arena_printf(p->arena, "%s/", p->app->origin)
			     : NULL;

	return at != NULL ? at : "/";
}

static const char *
sign_in(struct page *p, int status)
{
	const char *at = NULL;

	if (status == 401 && !p->signed_in)
		at = again_at(p, AGAIN_SIGN_IN);
	return at != NULL ? at : "";
}

/* What the service said is wrong, rather than of which kind it is. */
static const char *
closer(const struct page *p, int status, const char *words)
{
	return status < 500 && p->call.why.text[0] != '\0' ? p->call.why.text
							   : words;
}

static void
refuse(struct page *p, int status, const char *words, const char *kind,
    const char *detail)
{
	const char *at = retry(p, status);
	struct uid id = uid_new();
	char incident[9];

	(void)snprintf(incident, sizeof(incident), "%.8s", id.s);
	note(p, status, incident, kind, detail);
	buf_clear(&p->rp->body);
	if (problem_wanted(p)) {
		problem_write(p, status, words, kind, incident);
		return;
	}
	p->view.here = "/?"; /* what was asked for is not repeated */
	render_fail(&p->view,
	    &(struct tpl_fail){.status = status,
		.words = closer(p, status, words),
		.advice = advice(status),
		.not_found = status == 404,
		.sign_in = sign_in(p, status),
		.incident = incident,
		.retry = at,
		.start = strcmp(at, "/") == 0 ? "" : start(p, status),
		.back = again_back(p)},
	    &p->rp->body);
	if (page_html(p, status) != ERR_OK)
		buf_clear(&p->rp->body);
}

/* Who only looks has nothing to save. */
static const char *
words_of(const struct page *p, enum err e)
{
	return e == ERR_STORE && is_read(p) && !problem_wanted(p)
		   ? SAY("What is stored cannot be reached right now. Wi-Fi "
			 "passwords keep working.")
		   : err_words(e);
}

void
page_fail(struct page *p, enum err e)
{
	/* what is somebody else's does not exist (W-16) */
	if (e == ERR_FORBIDDEN && !problem_wanted(p))
		e = ERR_NOT_FOUND;
	refuse(p, err_http(e), words_of(p, e), err_name(e), p->call.why.text);
}

void
page_refuse(struct page *p, int status, const char *words)
{
	refuse(p, status, words, "refused", "");
}
