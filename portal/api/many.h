/*
 * many.h - members of what is many: batches of vouchers, rotations, pools
 */
#pragma once

#include "core/model/field.h"

extern const struct field api_batch_fields[], api_job_fields[],
    api_pool_fields[], api_lease_fields[];
