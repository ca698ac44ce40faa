/*
 * handout_world.h - a password that is handed out, and what is made of it
 */
#pragma once

#include <string.h>

#include "core/handout/profile.h"
#include "tests/unit/test.h"

#define HANDOUT_PASSPHRASE "k7mq-4xwp-9ctz-h2vn"

/* The password of WHO; MORE is what the operator adds. */
#define HANDOUT(who, more)                                                     \
	{                                                                      \
		.ssid = "Residence",                                           \
		.passphrase =                                                  \
		    &(struct secret){.len = 19, .b = HANDOUT_PASSPHRASE},      \
		.network = "Residence Wi-Fi", .person = (who),                 \
		.key = "Telephone", .plan = "Internet",                        \
		.valid = "until 24 December 2026", .brand = "Hotel Miramar",   \
		.support = "Reception",                                        \
		.support_mail = "wifi@miramar.example",                        \
		.url = "https://wifi.miramar.example/", .language = "en",      \
		.note = (more), .id = "0123456789abcdefghjkmnpqrs"             \
	}

/* The profile of kind K for H has WANT in it. */
static inline void
assert_profile(enum profile_kind k, const struct handout *h, const char *want)
{
	OWN(buf) struct buf b = BUF(20000);

	assert_ok(profile_write(k, h, &b));
	if (strstr(buf_str(&b), want) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", want, buf_str(&b));
}
