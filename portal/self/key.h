/*
 * key.h - parts of a password's page that are read, not done
 */
#pragma once

#include "core/service/keys.h"
#include "portal/web/page.h"

/* Who has moved to the new password and who has not; .any is false when
 * there is no rotation to speak of. */
MUST_USE enum err
key_moving(struct page *p, const struct uid *id, struct tpl_moving *out);

/* When it was used, newest first. */
MUST_USE enum err key_visits(struct page *p, const struct uid *id,
    struct tpl_stay **out, size_t *n, const char **week);

/* What became of devices that had to leave. */
MUST_USE enum err key_left(
    struct page *p, const struct uid *id, struct tpl_left **out, size_t *n);

/* May it last longer, and until when (0: without an end)? */
bool key_may_renew(struct page *p, const struct key_view *v, int64_t *until);
