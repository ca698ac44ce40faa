/* Message 2 of anybody: read it, and search a few keys for its MIC. */
#include <string.h>

#include "radius/match/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first octet picks what the access point said of the key management. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t akms[] = {
	    0, 0x000fac02, 0x000fac04, 0x000fac06, 0x000fac08};
	static const uint8_t aa[6] = {2}, spa[6] = {6}, anonce[32] = {1};
	static struct match_index *x;
	uint8_t pmks[17 * MATCH_PMK] = {0};
	struct handshake h;

	if (x == NULL && match_index_new(pmks, NULL, 17, &x) != ERR_OK)
		__builtin_trap();
	if (size < 1)
		return 0;
	if (handshake_read(akms[data[0] % 5], aa, spa, "Corp", 4, anonce,
		data + 1, size - 1, &h) != HANDSHAKE_FINE)
		return 0;
	if (h.eapol_len > size - 1 || h.eapol_len > MATCH_EAPOL_MAX ||
	    h.r0kh_len > 48)
		__builtin_trap();
	if (match_search(x, &h, 0, 17, NULL) == 0 && !match_verify(&h, pmks))
		__builtin_trap();
	return 0;
}
