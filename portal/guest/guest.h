/*
 * guest.h - what the pages for guests share
 *
 * Nobody here has a session. What a page must remember travels in its form.
 */
#pragma once

#include "core/service/guests.h"
#include "core/service/vouchers.h"
#include "portal/web/page.h"

/* Is this way (a word of the setting guest.ways) open? "": any at all. */
bool guest_way(const struct page *p, const char *way);

/* The call by the program itself, for what a guest asked it to do. */
struct call guest_machine(const struct page *p);

/* Terms of use are to be accepted on this form; "" when there are none. */
const char *guest_terms(const struct page *p);
bool guest_agreed(const struct page *p);

/* The seconds to wait before another code may be tried from there; every
 * refused one is to be told (G-01). */
enum err guest_guess(struct page *p);
void guest_right(struct page *p);

/* The page with the password. CODE brings it back; "" none. */
MUST_USE enum err guest_show(
    struct page *p, const struct key_view *v, const char *code, bool resumed);

/* May WAY be taken, and does it lead somewhere? */
MUST_USE enum err guest_digits_may(struct page *p, const char *way);

/* Has six digits sent to the phone of A, or else to its mail, and shows the
 * form for them; what is wrong with A, ASK says on its own form. */
MUST_USE enum err guest_digits_send(struct page *p, const struct guest_ask *a,
    enum err (*ask)(struct page *p, const char *wrong, const char *field),
    enum err (*send)(struct page *p, const char *to, const char *digits));

/* One sentence for every refusal of a code (G-04). */
const char *guest_refusal(void);
