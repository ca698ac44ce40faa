/* What a worker that was taken over may send to the keeper, and what stands
 * for a keeper may answer (S-11). */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/crypt/keeper.h"
#include "core/crypt/keeper_wire.h"
#include "portal/keeper/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint8_t again[KEEPER_QUESTION_MAX];
	OWN(ring) struct ring *share = NULL;
	struct keeper_question q;
	struct keeper_answer a;
	struct allowance b = allowance_make(1, 1, 0);
	bool told;

	if (keeper_get_question(p, n, &q)) {
		/* what was understood is all there was */
		assert(keeper_put_question(&q, again) == n);
		assert(memcmp(again, p, n) == 0);
		if (rules_allow(&q, &b, 0, &told) == ERR_OK && told)
			assert(strcmp(q.at.column, "passphrase") == 0);
	}
	if (keeper_get_answer(p, n, &a))
		assert(a.len == n - KEEPER_ANSWER_HEAD && a.err < ERR_COUNT);
	if (ring_share_get(p, n, &share) == ERR_OK)
		assert(share != NULL && ring_keys(share) >= 1);
	return 0;
}
