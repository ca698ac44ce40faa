/*
 * confine.h - the system calls the responder makes once it answers
 */
#pragma once

#include "radius/serve/state.h"

/* From now on no thread starts a program, a process or another thread, listens
 * anywhere, or makes any other call than the ones of the list; who does ends
 * the responder as a whole. Comes when all threads run and all sockets are
 * open, and before a first octet from the network is read. False when the
 * kernel refuses. */
bool confine_responder(void);

/* What a thread is there for; those that touch the store make every call of
 * the process, but none can change its list any more. */
enum confine_as {
	CONFINE_SEARCH,
	CONFINE_PACKETS,
	CONFINE_STREAMS,
	CONFINE_QUESTIONS,
	CONFINE_STORE
};

/* Once the process is confined the calling thread makes the calls of its own,
 * smaller list only. *DONE is the thread's: it is asked again and again. Ends
 * the process when the kernel refuses. */
void confine_self(const struct state *st, bool *done, enum confine_as as);
