/*
 * client.h - which address a request really comes from
 */
#pragma once

#include "portal/web/page.h"

/* The peer, or, when the peer is a configured proxy, the last address of
 * X-Forwarded-For that is none (W-18). */
const struct in6_addr *client_address(const struct page *p);

/* As text, for the audit; v4 without the mapping. */
void client_text(const struct in6_addr *a, char *out, size_t size);

/* Whether A is in one of the networks (or is one of the addresses) of LIST. */
bool client_among(const struct conf_list *list, const struct in6_addr *a);
