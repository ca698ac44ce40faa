/*
 * confine.h - the keeper gives up what it does not need
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "core/crypt/seal.h"

/* No core file, no tracer, no new rights; killed when PARENT, the process
 * that started it, ends (0: does not matter). */
bool confine_process(pid_t parent);

/* From now on only the system calls that sockets that are open, sealing and
 * logging make; anything else ends the process. RING is used once before, so
 * that libraries have loaded what they load. */
bool confine_keeper(const struct ring *ring);
