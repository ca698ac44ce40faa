/*
 * log.h - one event, one line
 *
 *	LOG(INFO, "key.issued", LOG_S("key", id), LOG_I("devices", 3));
 *
 * writes `2026-... info key.issued key=... devices=3`, or one JSON object per
 * line. Values are escaped, so that one event stays one line whatever they
 * hold, and are cut at LOG_VALUE_MAX octets. Secrets have no form here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { LOG_VALUE_MAX = 200, LOG_FIELDS_MAX = 16 };

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

struct log_field {
	const char *key;
	const char *text; /* NULL: the number counts */
	int64_t number;
};

#define LOG_S(key, value) ((struct log_field){(key), (value), 0})
#define LOG_I(key, value) ((struct log_field){(key), 0, (int64_t)(value)})
#define LOG(level, event, ...)                                                 \
	log_write(LOG_##level##_, (event),                                     \
	    (struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}})

/* NAME goes into every line (the program); JSON picks the form; events below
 * LEAST are not written. Before this call: text, from INFO up. */
void log_start(const char *name, bool json, enum log_level least);

/* Writes to standard error with one write(2). Never fails its caller and never
 * waits for who reads, unless another process on the same pipe takes its last
 * room in that very moment: what a full pipe or disk does not take is counted,
 * and told (`log.dropped`) before the first line that is taken again. FIELDS
 * ends at the first without a key. */
void log_write(
    enum log_level level, const char *event, const struct log_field *fields);

/* "debug", "info", "warn", "error"; false for anything else. */
bool log_level_parse(const char *text, enum log_level *out);
