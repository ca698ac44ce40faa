#include "core/handout/profile.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/handout/profile_write.h"
#include "core/handout/xml.h"

static const struct kind {
	const char *word, *media, *file;
} kinds[] = {
#define PROFILE_ROW(name, word, media, file) [name] = {word, media, file},
    PROFILES(PROFILE_ROW)
#undef PROFILE_ROW
};

enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

bool
profile_parse(const char *word, enum profile_kind *out)
{
	for (int i = 0; i < KINDS; i++)
		if (strcmp(word, kinds[i].word) == 0) {
			*out = (enum profile_kind)i;
			return true;
		}
	return false;
}

const char *
profile_word(enum profile_kind k)
{
	return kinds[k].word;
}

const char *
profile_media_type(enum profile_kind k)
{
	return kinds[k].media;
}

const char *
profile_file_name(enum profile_kind k)
{
	return kinds[k].file;
}

const char *
profile_title(const struct handout *h)
{
	return *h->network != '\0' ? h->network : h->ssid;
}

bool
profile_raw(const struct handout *h)
{
	return h->passphrase->len == 64;
}

void
profile_uuid(const struct handout *h, const char *part,
    char out[static PROFILE_UUID + 1])
{
	uint8_t d[SHA256_DIGEST_LENGTH];
	char t[1000], x[33];

	(void)snprintf(t, sizeof(t), "%s/%s/%s", h->id, h->ssid, part);
	(void)SHA256((const uint8_t *)t, strlen(t), d);
	d[6] = (uint8_t)((d[6] & 0x0f) | 0x80); /* RFC 9562 5.8: version 8 */
	d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
	text_to_hex(d, 16, x);
	(void)snprintf(out, PROFILE_UUID + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", x,
	    x + 8, x + 12, x + 16, x + 20);
}

static bool
texts_ok(const struct handout *h)
{
	const char *const t[] = {
	    h->ssid, h->network, h->brand, h->key, h->person, h->id};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (!xml_ok(t[i]))
			return false;
	return wifi_ssid_ok(h->ssid) && wifi_passphrase_ok(h->passphrase);
}

enum err
profile_write(enum profile_kind k, const struct handout *h, struct buf *out)
{
	if (!texts_ok(h))
		return ERR_BAD_INPUT;
	switch (k) {
	case PROFILE_APPLE:
		profile_apple(h, out);
		break;
	case PROFILE_WINDOWS:
		profile_windows(h, out);
		break;
	case PROFILE_NETWORKMANAGER:
		profile_networkmanager(h, out);
		break;
	case PROFILE_CHROMEOS:
		profile_chromeos(h, out);
		break;
	case PROFILE_WPA_SUPPLICANT:
		profile_wpa_supplicant(h, out);
		break;
	}
	return out->err;
}
