/*
 * choices.h - nouns by name, for a form to choose from
 *
 * In the arena of the page; the one whose id is CHOSEN is marked ("": none).
 */
#pragma once

#include "portal/web/page.h"

MUST_USE enum err admin_plan_choices(struct page *p, const char *chosen,
    const struct tpl_choice **out, size_t *n);
MUST_USE enum err admin_network_choices(struct page *p, const char *chosen,
    const struct tpl_choice **out, size_t *n);
MUST_USE enum err admin_ap_choices(struct page *p, const char *chosen,
    const struct tpl_choice **out, size_t *n);
MUST_USE enum err admin_unit_choices(struct page *p, const char *chosen,
    const struct tpl_choice **out, size_t *n);

/* The names of the plans whose guests a front desk has; DESK is as in struct
 * person, and none stand for all guests. */
MUST_USE enum err admin_desk_plans(
    struct page *p, const char *desk, struct tpl_name **out, size_t *n);

/* What was typed into the field NAME, or what stood there BEFORE. */
const char *admin_typed(struct page *p, const char *name, const char *before);
