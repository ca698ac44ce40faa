/*
 * hostapd: wpa_psk_radius 2 asks by address before the handshake, 3 sends the
 * handshake (245.26 of vendor 11344).
 */
#include <string.h>

#include "radius/makers/dialect.h"
#include "radius/makers/grant.h"
#include "radius/makers/seen.h"

RECOGNISE(hostapd_recognise)
{
	uint8_t nonce[sizeof(ask->anonce)], frame[ASK_EAPOL_MAX];
	struct ask got = *ask;
	size_t n = packet_extended(
	    p, VENDOR_HOSTAP, HOSTAP_ANONCE, nonce, sizeof(nonce));
	size_t len = packet_extended(
	    p, VENDOR_HOSTAP, HOSTAP_EAPOL, frame, sizeof(frame));

	if (n == 0 || len == 0 ||
	    !seen_take(&got, SEEN_ANONCE, (struct slice){nonce, n}) ||
	    !seen_take(&got, SEEN_EAPOL, (struct slice){frame, len}))
		return false;
	*ask = got;
	return true;
}

/* With a handshake the method is known to be PSK: the PMK saves the access
 * point its derivation, and lets it do fast transition over the air. Before
 * one it may be SAE, which needs the passphrase. */
ACCEPT(hostapd_accept)
{
	if (ask->handshake)
		grant_pmk_digits(r, g);
	else
		grant_passphrase(r, g);
	grant_vlan(r, g);
	grant_wispr(r, g);
	grant_session(r, g);
}
