/*
 * confine.h - the system calls the responder makes once it answers
 */
#pragma once

#include <stdbool.h>

/* From now on no thread starts a program, a process or another thread, listens
 * anywhere, or makes any other call than the ones of the list; who does ends
 * the responder as a whole. Comes when all threads run and all sockets are
 * open, and before a first octet from the network is read. False when the
 * kernel refuses. */
bool confine_responder(void);
