/*
 * psk_lanes.h - PBKDF2 with HMAC-SHA1 over the lanes of sha1_lanes.h
 *
 * RFC 8018 5.2. For inclusion into the file of one
 * instruction set; LANES is how many keys a VEC holds.
 */

/* The states behind both pads of each lane's key: 64 octets, as 16 words. */
static inline void
psk_pads(const VEC key[static 16], VEC in[static 5], VEC out[static 5])
{
	VEC w[16];

	for (int i = 0; i < 16; i++)
		w[i] = key[i] ^ SPREAD(0x36363636u);
	sha1_iv(in);
	sha1_own(in, w);
	for (int i = 0; i < 16; i++)
		w[i] = key[i] ^ SPREAD(0x5c5c5c5cu);
	sha1_iv(out);
	sha1_own(out, w);
}

/* HMAC of a padded block or of a digest, from the pads' states into MAC. */
static inline void
psk_hmac(const VEC in[static 5], const VEC out[static 5],
    const VEC digest[static 5], VEC mac[static 5])
{
	VEC h[5];

	for (int i = 0; i < 5; i++) {
		h[i] = in[i];
		mac[i] = out[i];
	}
	sha1_outer(digest, h);
	sha1_outer(h, mac);
}

/* Block T of the key: the exclusive-or of all rounds. */
static inline void
psk_block(const VEC in[static 5], const VEC out[static 5],
    const uint32_t salt[static 16], VEC t[static 5])
{
	VEC u[5], h[5], w[16];

	for (int i = 0; i < 16; i++)
		w[i] = SPREAD(salt[i]);
	for (int i = 0; i < 5; i++) {
		h[i] = in[i];
		u[i] = out[i];
	}
	sha1_own(h, w);
	sha1_outer(h, u);
	for (int i = 0; i < 5; i++)
		t[i] = u[i];
	for (int round = 1; round < PSK_ROUNDS; round++) {
		VEC mac[5];

		psk_hmac(in, out, u, mac);
		for (int i = 0; i < 5; i++) {
			u[i] = mac[i];
			t[i] ^= mac[i];
		}
	}
}

/* KEY: 16 words by LANES; PMK: 8 words by LANES. SALT: both blocks of text. */
static inline void
psk_lanes(const uint32_t *key, const uint32_t salt[static 32], uint32_t *pmk)
{
	VEC k[16], in[5], out[5], t[10];

	__builtin_memcpy(k, key, sizeof(k));
	psk_pads(k, in, out);
	psk_block(in, out, salt, t);
	psk_block(in, out, salt + 16, t + 5);
	__builtin_memcpy(pmk, t, 8 * sizeof(VEC));
}
