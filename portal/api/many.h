/*
 * many.h - members of what is done to many: batches of vouchers, rotations
 */
#pragma once

#include "core/model/field.h"

extern const struct field api_batch_fields[], api_job_fields[];
