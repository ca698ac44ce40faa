/* Every bound that a user can meet, with its name (B-8). */
#include "cli/out.h"
#include "cli/verbs.h"
#include "core/crypt/psk.h"
#include "core/handout/sheet.h"
#include "core/model/bounds.h"
#include "core/model/mint.h"
#include "core/model/schedule.h"
#include "core/net/fetch.h"
#include "core/net/mail.h"
#include "core/service/batches.h"
#include "core/service/disconnects.h"
#include "core/service/export.h"
#include "core/service/guests.h"
#include "core/service/imports.h"
#include "core/service/links.h"
#include "core/service/outbox.h"
#include "core/service/owns.h"
#include "core/service/proofs.h"
#include "core/service/repeat.h"
#include "core/service/rotations.h"
#include "core/service/scim.h"
#include "core/service/tokens.h"
#include "core/service/vouchers.h"
#include "core/service/webhooks.h"

#define LIMIT(name)                                                            \
	{                                                                      \
#name, NULL, (int64_t)(name)                                   \
	}

int
verb_limits(struct cli *c, const struct verb *v)
{
	static const struct out_pair all[] = {LIMIT(NAME_MAX_), LIMIT(SSID_MAX),
	    LIMIT(MAIL_MAX), LIMIT(ISSUER_MAX), LIMIT(SUBJECT_MAX),
	    LIMIT(GROUPS_MAX), LIMIT(GROUP_MAX), LIMIT(ROLE_NAME_MAX),
	    LIMIT(VLAN_MIN), LIMIT(VLAN_MAX), LIMIT(DEVICES_MAX),
	    LIMIT(KEYS_PER_PERSON), LIMIT(PSK_MIN), LIMIT(PSK_MAX),
	    LIMIT(PSK_HEX), LIMIT(PSK_ROUNDS), LIMIT(MINT_BITS_MIN),
	    LIMIT(MINT_GROUPS_MIN), LIMIT(MINT_GROUPS_MAX),
	    LIMIT(MINT_WORDS_MIN), LIMIT(MINT_WORDS_MAX),
	    LIMIT(SCHEDULE_WINDOWS_MAX), LIMIT(RING_KEYS_MAX),
	    LIMIT(SEAL_USES_MAX), LIMIT(CONF_FILE_MAX), LIMIT(CONF_LIST_MAX),
	    LIMIT(CONF_PROVIDERS_MAX), LIMIT(SECRET_MAX),
	    LIMIT(FETCH_DEADLINE_MS), LIMIT(FETCH_BODY_MAX),
	    LIMIT(MAIL_ADDRESS_MAX), LIMIT(MAIL_SUBJECT_MAX),
	    LIMIT(OUTBOX_PAYLOAD_MAX), LIMIT(OUTBOX_HOLD), LIMIT(OUTBOX_TRIES),
	    LIMIT(DISCONNECTS_TRIES), LIMIT(DISCONNECTS_JOINED),
	    LIMIT(VOUCHERS_BATCH), LIMIT(VOUCHERS_USES), LIMIT(EXPORT_KEYS_MAX),
	    LIMIT(EXPORT_MAX), LIMIT(ROTATIONS_RATE), LIMIT(KEYS_OVERLAP_MAX),
	    LIMIT(IMPORTS_ROWS), LIMIT(DESK_PLANS), LIMIT(BATCHES_ROWS),
	    LIMIT(SHEET_KEYS_MAX), LIMIT(SHEET_MAX), LIMIT(HTTP_HEADERS_MAX),
	    LIMIT(HTTP_HEAD_MAX), LIMIT(HTTP_BODY_MAX), LIMIT(HTTP_UPLOAD_MAX),
	    LIMIT(HTTP_ARENA_MAX), LIMIT(HTTP_REPLY_MAX), LIMIT(API_PAGE),
	    LIMIT(API_PAGE_MAX), LIMIT(API_DEPTH), LIMIT(API_NAME_MAX),
	    LIMIT(API_ANSWER_MAX), LIMIT(REPEAT_KEEP), LIMIT(REPEAT_HELD),
	    LIMIT(TOKENS_USUAL), LIMIT(TOKENS_LONGEST), LIMIT(OWNS_MAX),
	    LIMIT(SCIM_PAGE), LIMIT(SCIM_LIST_MAX), LIMIT(SCIM_BODY_MAX),
	    LIMIT(SCIM_SCAN_MAX), LIMIT(SCIM_TRIES), LIMIT(SCIM_ATTRIBUTES_MAX),
	    LIMIT(SCIM_MEMBERS_MAX), LIMIT(FILTER_TEXT_MAX),
	    LIMIT(FILTER_NODES_MAX), LIMIT(FILTER_DEPTH_MAX), LIMIT(PATCH_MAX),
	    LIMIT(PATCH_GROWTH), LIMIT(WEBHOOKS_MOST),
	    LIMIT(WEBHOOKS_ANSWER_MAX), LIMIT(OUTBOX_WAIT_FIRST),
	    LIMIT(OUTBOX_WAIT_MOST), LIMIT(OUTBOX_LIST_MAX),
	    LIMIT(THROTTLE_DEPTH), LIMIT(THROTTLE_ADDRESS),
	    LIMIT(THROTTLE_PERSON), LIMIT(THROTTLE_TOKEN), LIMIT(THROTTLE_MISS),
	    LIMIT(THROTTLE_MISSES), LIMIT(BUDGET_DEVICE_BURST),
	    LIMIT(BUDGET_DEVICE_HOUR), LIMIT(BUDGET_AP_BURST),
	    LIMIT(BUDGET_AP_HOUR), LIMIT(BUDGET_UNKNOWN_BURST),
	    LIMIT(BUDGET_UNKNOWN_HOUR), LIMIT(LINKS_VALID), LIMIT(LINKS_PAUSE),
	    LIMIT(LINKS_MAILS), LIMIT(GUESTS_VALID), LIMIT(GUESTS_TRIES),
	    LIMIT(GUESTS_PAUSE), LIMIT(GUESTS_MAILS), LIMIT(PROOFS_SOURCE),
	    {NULL, NULL, 0}};

	(void)v;
	if (!cli_all_used(c))
		return 2;
	out_pairs(c, all);
	return 0;
}
