/*
 * agree.h - settings that only make sense together
 *
 * For the files of this folder. What does not agree is told with its line.
 */
#pragma once

#include <confuse.h>

#include "core/conf/conf.h"

/* Tells all that does not agree in C, which was read from CFG. */
void conf_agree(cfg_t *cfg, const struct conf *c);

/* Where SETTING of the Ith section NAME is written, or else where that ends. */
int conf_line(cfg_t *cfg, const char *name, unsigned i, const char *setting);

/* The configuration that is read just now is wrong at LINE; the first one to
 * be told stays. */
void conf_complain(int line, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
