/*
 * keys.h - passwords as answers
 */
#pragma once

#include "core/service/keys.h"
#include "portal/api/api.h"

MUST_USE enum err
api_key_views(struct api *a, const struct key_view *list, size_t n, bool slice);
MUST_USE enum err api_key_view(struct api *a, const struct key_view *v);

/* The one that A names was changed: read it again, and answer with it. */
MUST_USE enum err api_key_as_it_is(struct api *a);
