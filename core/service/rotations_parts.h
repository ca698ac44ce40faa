/*
 * rotations_parts.h - what the files about rotations share; for this folder
 */
#pragma once

#include "core/service/act.h"
#include "core/service/rotations.h"

/* The rows of SQL, whose only argument is the time. */
MUST_USE enum err
rotations_all(struct call *c, enum sql sql, struct rotation **out, size_t *n);
