/*
 * dialect.h - what the files of this folder give to the table
 */
#pragma once

#include "radius/makers/maker.h"

#define RECOGNISE(name) bool name(const struct packet *p, struct ask *ask)
#define ACCEPT(name)                                                           \
	void name(struct reply *r, const struct ask *ask, const struct grant *g)
#define REJECT(name) void name(struct reply *r, const struct ask *ask)

/* Handshakes; ASK is touched only when there is a whole one. */
RECOGNISE(hostapd_recognise);
RECOGNISE(ruckus_recognise);
RECOGNISE(meraki_recognise);
RECOGNISE(eleven_recognise);
RECOGNISE(omada_recognise);
RECOGNISE(cisco_recognise);

/* Accepts. */
ACCEPT(generic_accept);
ACCEPT(hostapd_accept);
ACCEPT(cisco_accept);
ACCEPT(meraki_accept);
ACCEPT(mist_accept);
ACCEPT(aruba_accept);
ACCEPT(ruckus_accept);
ACCEPT(ruckus_smartzone_accept);
ACCEPT(mikrotik_accept);
ACCEPT(mikrotik_wifi_accept);
ACCEPT(unifi_accept);
ACCEPT(unifi_keys_accept);
ACCEPT(omada_accept);
ACCEPT(huawei_accept);
ACCEPT(lancom_accept);
ACCEPT(eleven_accept);
ACCEPT(fortigate_accept);
ACCEPT(cambium_accept);
ACCEPT(extreme_accept);

/* Rejects. */
REJECT(cisco_reject);
