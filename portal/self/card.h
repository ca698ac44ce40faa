/*
 * card.h - a key as pages and handouts show it
 */
#pragma once

#include "core/handout/wifi.h"
#include "core/service/keys.h"
#include "portal/web/page.h"

/* The key of argument 0, when it is the person's own or one of a unit they
 * are a member of. */
MUST_USE enum err card_mine(struct page *p, struct key_view *v);

/* Fills OUT without the secret. */
MUST_USE enum err
card_fill(struct page *p, const struct key_view *v, struct tpl_card *out);

/* The same with the secret, when the key works (or will) and the person proved
 * who they are lately. The reveal is in the audit before this returns. */
MUST_USE enum err
card_reveal(struct page *p, const struct key_view *v, struct tpl_card *out);

/* The same with SECRET, whose reveal is in the audit. */
MUST_USE enum err card_show(struct page *p, const struct key_view *v,
    const struct secret *secret, struct tpl_card *out);

/* What a handout says. SECRET outlives it. */
MUST_USE enum err card_handout(struct page *p, const struct key_view *v,
    const struct secret *secret, struct handout *out);

/* Devices for a list; KEYS (may be NULL) names them. */
MUST_USE enum err card_devices(struct page *p, const struct device *d, size_t n,
    const struct key_view *keys, size_t nkeys, struct tpl_device **out);

/* Those of the N that are blocked, in the arena. */
MUST_USE enum err card_shut(struct page *p, const struct tpl_device *all,
    size_t n, struct tpl_device **out, size_t *nout);

/* The profiles for the system the browser runs on, and the rest. */
struct card_profiles {
	struct tpl_profile mine[8], others[8];
	size_t nmine, nothers;
};
void card_profiles(struct page *p, struct card_profiles *out);

/* "1.2 GB"; "" for nothing. In the arena. */
const char *card_amount(struct page *p, int64_t octets);

/* What a device is called. In the arena. */
const char *card_device(struct page *p, const char *name, const char *mac);

/* True while a key can still be used, now or later. */
bool card_living(enum key_standing s);

/* Can this person have passwords mailed (take.c)? */
bool take_may_mail(struct page *p);
