/*
 * answer.h - sending what a call has to say
 */
#pragma once

#include "portal/api/api.h"

/* Sends A->out with the status of its row. NO_MEMORY, or TOO_BIG: what was
 * written by then counts for nothing. */
MUST_USE enum err api_answer(struct api *a);

/* For a call that ended in E. A change that is done is not told as a failure,
 * whatever its answer lacks: it is 201 (with Location, RFC 9110 15.3.2) or 204,
 * and OK. Otherwise returns E. */
MUST_USE enum err api_wordless(struct api *a, enum err e);
