/*
 * people_make.h - a local person, in a transaction of somebody else
 *
 * For the files of this folder only.
 */
#pragma once

#include "core/service/call.h"

/* Checks P, and gives it an id and everything that is not asked for. */
MUST_USE enum err people_make_ready(struct call *c, struct person *p);

/* Stores P with its trace. EXISTS: the subject is taken. */
MUST_USE enum err people_make_store(struct call *c, const struct person *p);
