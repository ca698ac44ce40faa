/*
 * grant.h - the rights of a device in attributes many makers share
 *
 * Each call writes nothing when the grant does not ask for it.
 */
#pragma once

#include "radius/makers/maker.h"

/* Tunnel-Password with tag 0, the passphrase (RFC 2868 3.5). */
void grant_passphrase(struct reply *r, const struct grant *g);

/* The same with 64 digits of the PMK, which spares the access point 8192
 * HMACs; the passphrase when the PMK is not known. */
void grant_pmk_digits(struct reply *r, const struct grant *g);

/* Cisco-AVPair psk-mode and psk, in clear text. */
void grant_cisco_psk(struct reply *r, const struct grant *g);

/* Whether there is a VLAN that may be told (IEEE 802.1Q 9.6: 1 to 4094). */
bool grant_has_vlan(const struct grant *g);

/* The three tunnel attributes of RFC 3580 3.31, tag 0. */
void grant_vlan(struct reply *r, const struct grant *g);

/* Filter-Id: the role, or the access list when there is no role. */
void grant_filter(struct reply *r, const struct grant *g);

/* WISPr-Bandwidth-Max-Up and -Down, bit/s. */
void grant_wispr(struct reply *r, const struct grant *g);

/* Session-Timeout, Termination-Action, User-Name, CUI and Class. */
void grant_session(struct reply *r, const struct grant *g);

/* KBIT kbit/s in bit/s, as large as 32 bits allow. */
uint32_t grant_bits(int64_t kbit);
