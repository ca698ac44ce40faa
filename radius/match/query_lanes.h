/*
 * query_lanes.h - the MIC of a WPA2 key over the lanes of sha1_lanes.h
 *
 * For inclusion, after that, into the file of one instruction set.
 */

/* The state behind the pad of a 16-octet key. */
static inline void
sha1_pad(const VEC key[static 4], uint32_t pad, VEC h[static 5])
{
	VEC w[16];

	for (int i = 0; i < 4; i++)
		w[i] = key[i] ^ SPREAD(pad);
	for (int i = 4; i < 16; i++)
		w[i] = SPREAD(pad);
	sha1_iv(h);
	sha1_own(h, w);
}

/* First word of each lane's MIC, from the states behind the pads of its PMK:
 * AKM 2 of IEEE Std 802.11-2020 12.7.1.3 and 12.7.3. IN and OUT are used up. */
static inline VEC
sha1_mic(const struct query *q, VEC in[static 5], VEC out[static 5])
{
	VEC kin[5], kout[5];

	for (size_t i = 0; i < QUERY_PRF; i++)
		sha1_shared(in, q->prf[i].kw);
	sha1_outer(in, out);
	sha1_pad(out, 0x36363636u, kin);
	sha1_pad(out, 0x5c5c5c5cu, kout);
	for (size_t i = 0; i < q->mic_blocks; i++)
		sha1_shared(kin, q->mic[i].kw);
	sha1_outer(kin, kout);
	return kout[0];
}
