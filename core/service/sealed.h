/*
 * sealed.h - where each sealed value of the store lives
 *
 * For the files of this folder only.
 */
#pragma once

#include "core/crypt/seal.h"

#define SEALED_(table_, row_, column_, generation_)                            \
	((const struct seal_place){.table = (table_),                          \
	    .row = (row_),                                                     \
	    .column = (column_),                                               \
	    .generation = (generation_)})

#define SEALED_AP_SECRET(id, generation)                                       \
	SEALED_("access_point", id, "secret", generation)
#define SEALED_PASSPHRASE(id, generation)                                      \
	SEALED_("wifi_key", id, "passphrase", generation)
#define SEALED_PMK(id, generation) SEALED_("wifi_key", id, "pmk", generation)
#define SEALED_ID_TOKEN(id) SEALED_("session", id, "id_token", 1)
#define SEALED_OUTBOX(id) SEALED_("outbox", id, "payload", 1)
#define SEALED_RENEWAL(person) SEALED_("renewal", person, "token", 1)
#define SEALED_WEBHOOK(id) SEALED_("webhook", id, "secret", 1)
