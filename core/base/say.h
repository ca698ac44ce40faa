/*
 * say.h - words a person reads, written in C
 *
 * SAY("...") changes nothing; it puts the sentence into the list of messages
 * (build/gen/templates.pot), so that the page which shows it can translate it.
 * The sentences of err.def, verdict.def and why_set() are in it as well.
 */
#pragma once

#define SAY(words) words
