#include "core/model/mint.h"

#include <math.h>
#include <string.h>

#include "core/base/rnd.h"
#include "core/model/words.h"

_Static_assert(MINT_GROUPS_MAX *(MINT_GROUP + 1) - 1 <= MINT_MAX, "WPA");
_Static_assert(MINT_WORDS_MAX *(WORDS_LEN_MAX + 1) - 1 <= MINT_MAX, "WPA");

/* The number of groups or words; 0 when out of range. */
static int
count(const struct mint_plan *plan)
{
	bool w = plan->style == STYLE_WORDS;
	int least = w ? MINT_WORDS_MIN : MINT_GROUPS_MIN;
	int most = w ? MINT_WORDS_MAX : MINT_GROUPS_MAX;

	if (plan->count == 0)
		return w ? MINT_WORDS : MINT_GROUPS;
	return plan->count < least || plan->count > most ? 0 : plan->count;
}

double
mint_bits(const struct mint_plan *plan)
{
	int n = count(plan);

	switch (plan->style) {
	case STYLE_GROUPS:
		return n * MINT_GROUP * log2(strlen(MINT_ALPHABET));
	case STYLE_WORDS:
		return n * log2((double)words_count);
	}
	return 0;
}

static void
add(struct secret *out, const char *t, size_t len)
{
	memcpy(out->b + out->len, t, len);
	out->len += len;
	out->b[out->len] = '\0';
}

static void
add_group(struct secret *out)
{
	static const char abc[] = MINT_ALPHABET;

	for (int i = 0; i < MINT_GROUP; i++)
		add(out, &abc[rnd_below(sizeof(abc) - 1)], 1);
}

static void
add_word(struct secret *out)
{
	const char *w = words[rnd_below((uint32_t)words_count)];

	add(out, w, strlen(w));
}

enum err
mint_passphrase(const struct mint_plan *plan, struct secret *out)
{
	int n = count(plan);

	*out = SECRET_NONE;
	if (mint_bits(plan) < MINT_BITS_MIN)
		return ERR_BAD_INPUT;
	for (int i = 0; i < n; i++) {
		if (i > 0)
			add(out, "-", 1);
		if (plan->style == STYLE_WORDS)
			add_word(out);
		else
			add_group(out);
	}
	return ERR_OK;
}
