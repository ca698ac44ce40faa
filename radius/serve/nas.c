#include "radius/serve/nas.h"

#include <arpa/inet.h>
#include <string.h>

void
nas_exact(const struct packet *p, uint8_t type, char *out, size_t size)
{
	struct slice s = {0};

	out[0] = '\0';
	if (!packet_get(p, type, &s) || s.len >= size)
		return;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] >= 0x7f)
			return;
	memcpy(out, s.p, s.len);
	out[s.len] = '\0';
}

void
nas_address(const struct packet *p, char out[static INET_ADDRSTRLEN])
{
	struct slice ip = {0};

	if (!packet_get(p, ATTR_NAS_IP_ADDRESS, &ip) || ip.len != 4 ||
	    inet_ntop(AF_INET, ip.p, out, INET_ADDRSTRLEN) == NULL)
		out[0] = '\0';
}
