/*
 * block.h - the text of a template, from {{ to }}
 */
#pragma once

#include "templates/compile.h"

enum block_kind { BLOCK_FILE, BLOCK_IF, BLOCK_EACH };

/* Compiles up to the end of the file, or past the {{/if}} or {{/each}} that
 * closes the block. */
bool
block_run(struct tpl_run *r, const struct tpl_scope *s, enum block_kind kind);

/* {{field}} and {{{field}}}; {{_ "..."}} and {{_n field "..." "..."}};
 * {{asset "..."}}. P is just after what names them. */
bool emit_value(struct tpl_run *r, const struct tpl_scope *s, const char *p,
    const char *end, bool html);
bool emit_message(struct tpl_run *r, const struct tpl_scope *s, const char *p,
    const char *end, bool plural);
bool emit_asset(struct tpl_run *r, const char *p, const char *end);

/* Writes out the literal text so far. */
void emit_flush(struct tpl_run *r);

/* An indented line of C. */
void emit_line(struct tpl_run *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
