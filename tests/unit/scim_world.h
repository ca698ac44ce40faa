/*
 * scim_world.h - a directory that has a token, and speaks SCIM to a portal
 */
#pragma once

#include "core/service/tokens.h"
#include "tests/unit/portal_world.h"

#define SCIM(path) "/scim/v2" path

static struct world w;
static const char *token;

static inline void
begin(void)
{
	OWN(secret) struct secret text = SECRET_NONE;
	struct api_token t = {.name = "directory",
	    .scopes = "scim",
	    .issuer = "https://id.example.org"};
	struct call c;

	world_open(&w, "");
	c = world_call(&w);
	assert_ok(tokens_add(&c, &t, &text));
	token = arena_text(w.arena, secret_text(&text));
}

static inline struct got
send_to(enum http_method method, const char *path, const char *match,
    const char *body)
{
	return ASK(&w, .method = method, .path = path, .bearer = token,
	    .match = match, .type = "application/scim+json", .body = body);
}

static inline struct got
get(const char *path, const char *query)
{
	return ASK(&w, .path = path, .query = query, .bearer = token);
}
