/*
 * page.h - what a handler gets, and the ways it can answer
 *
 * A handler reads the request, calls services, and either fills a page (or a
 * file, or a redirect) and returns ERR_OK, or returns what went wrong: then
 * the person sees a page with the words of err.def.
 */
#pragma once

#include <pthread.h>

#include "core/conf/conf.h"
#include "core/crypt/seal.h"
#include "core/service/call.h"
#include "core/service/session.h"
#include "portal/web/accord.h"
#include "portal/web/app.h"
#include "portal/web/figures.h"
#include "portal/web/form.h"
#include "portal/web/http.h"
#include "portal/web/looks.h"
#include "portal/web/multipart.h"
#include "templates.h"

struct route;
struct signin; /* portal/signin */
struct measure;
struct throttle;
struct logo;   /* core/handout/logo.h */
struct gate;   /* core/service/message.h */
struct post;   /* core/service/post.h */
struct poster; /* portal/web/poster.h */

enum {
	PAGE_FRESH = 3600, /* seconds a proof of identity counts as fresh */
	PAGE_ORIGIN_MAX = 300,
};

struct app {
	const struct conf *conf;
	struct measure *measure;
	struct ring *ring;
	struct signin *signin; /* NULL without providers */
	struct throttle *throttle;
	struct logo *logo;            /* NULL without one */
	struct looks looks;           /* of letters */
	struct accord accord;         /* the terms of use */
	struct post *post;            /* NULL without a mail server */
	struct gate *gate;            /* NULL without text messages */
	struct poster *poster;        /* NULL in tests */
	char origin[PAGE_ORIGIN_MAX]; /* https://host[:port] of public_url */
	char host[PAGE_ORIGIN_MAX];   /* host[:port] */
	struct session_limits limits;
	int lang;                /* when the browser asks for none of ours */
	pthread_rwlock_t stores; /* in use; to be opened anew */
	pthread_mutex_t all;
	struct worker *workers; /* there are; under `all` */
};

struct worker {
	struct worker *next;
	struct store *store;
	struct figures figures;
};

struct page {
	struct app *app;
	struct worker *worker;
	struct request *rq;
	struct reply *rp;
	const struct route *route; /* NULL: there is none */
	struct arena *arena;       /* the request's */
	struct call call;          /* as the person who asks */
	struct session session;
	bool signed_in;
	bool was_signed_in;     /* with what is no session any more */
	struct api_token token; /* of TOKEN routes */
	char csrf[44];
	struct form query, form;
	struct multipart_file file; /* of an UPLOAD */
	struct view view;           /* what all templates see */
};

typedef enum err page_handler(struct page *p);

/* Answers with the page NAME filled from DATA (struct tpl_NAME). */
#define PAGE(p, name, ...)                                                     \
	(render_##name(                                                        \
	     &(p)->view, &(struct tpl_##name){__VA_ARGS__}, &(p)->rp->body),   \
	    page_html((p), 200))

/* Says that the body is a page; ERR_OK, or why the body has failed. */
MUST_USE enum err page_html(struct page *p, int status);

/* 303 to PATH, ours or checked. */
MUST_USE enum err page_go(struct page *p, const char *path);
MUST_USE enum err page_gof(struct page *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* TEXT as a value in the query of an address, in the arena; NULL when there is
 * no memory or it is longer than an address may be. */
const char *page_query(struct page *p, const char *text);

/* The body as a download; NAME is sanitised (W-21). */
MUST_USE enum err page_file(struct page *p, const char *type, const char *name);

/* To the sign-in page, and back to the present page after it. */
MUST_USE enum err page_sign_in(struct page *p);

/* Asks for a fresh proof of identity, then goes to PATH. */
MUST_USE enum err page_prove(struct page *p, const char *path);

/* The address that does; NULL without memory. */
const char *page_prove_at(struct page *p, const char *path);

/* True when this person proved who they are within PAGE_FRESH. */
bool page_is_fresh(const struct page *p);

/* The id in argument N of the route. */
struct uid page_id(const struct page *p, int n);

/* Replaces the reply by the page for E. */
void page_fail(struct page *p, enum err e);

/* The same by status, for what has no enum err (405, 421). */
void page_refuse(struct page *p, int status, const char *words);
