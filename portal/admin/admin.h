/*
 * admin.h - what the pages of administration share
 */
#pragma once

#include "core/service/audit.h"
#include "core/service/devices.h"
#include "core/service/keys.h"
#include "core/service/outbox.h"
#include "portal/web/page.h"

enum { ADMIN_PAGE = 50 };

/* Where the page of a list begins, from ?from=. */
size_t admin_offset(const struct page *p);

/* What is said of a list, and where it goes on: N of TOTAL are shown, FROM on,
 * at most EACH on a page. */
struct tpl_pager admin_pager(size_t from, size_t n, size_t total, size_t each);

/* A day from a form (YYYY-MM-DD): where it begins in ZONE, or, with END, where
 * it ends. "" gives 0; BAD_INPUT names FIELD. */
MUST_USE enum err admin_day(struct page *p, const char *field, const char *zone,
    bool end, int64_t *out);

/* The same of FIELD of the address, in the zone of the house; what is no day
 * makes WRONG, and no error. */
MUST_USE enum err admin_day_asked(
    struct page *p, const char *field, bool end, int64_t *out, bool *wrong);

/* Rows of the record of acts that fit F, and how to go on, as audit_find(). */
MUST_USE enum err admin_audit_rows(struct page *p, const struct audit_filter *f,
    struct tpl_audit_row **out, size_t *n, struct audit_more *more);

/* Days that belong to no network are those of the first one. */
const char *admin_zone(struct page *p);

/* What a person is called: a name, else what the issuer calls them. */
const char *admin_who(struct page *p, const struct person *o);

/* Which devices the list is about, from ?which=. */
enum devices_which admin_devices_which(const struct form *f);

/* Rows for N views of keys; for all keys of PERSON. */
MUST_USE enum err admin_key_rows(struct page *p, const struct key_view *views,
    size_t n, struct tpl_key_row **out);
MUST_USE enum err admin_keys_of(struct page *p, const struct uid *person,
    struct tpl_key_row **out, size_t *n);

/* What the responder remembers of refusals, as it answers QUESTION, into up to
 * MAX of V; of the access point of this name only unless NULL. Returns how
 * many. */
size_t admin_refusals(struct page *p, const char *question, const char *ap,
    struct tpl_refusal *v, size_t max, bool *reached);

/* So much data as people say it: "1.5 GB", or "0". */
const char *admin_amount(struct page *p, int64_t octets);

/* How long each bar is, the one of the most being whole; RANK puts it first. */
void admin_bars(struct tpl_bar *v, size_t n);
void admin_bars_rank(struct tpl_bar *v, size_t n);

/* Rows of the outbox, each with the address that sends it again: AGAIN, the
 * id, and what follows. */
MUST_USE enum err
admin_sent_rows(struct page *p, const struct outbox_item *items, size_t n,
    const char *again, const char *after, struct tpl_sent_row **out);
