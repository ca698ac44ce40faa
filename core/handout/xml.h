/*
 * xml.h - text inside XML
 */
#pragma once

#include "core/base/buf.h"

/* Only characters that XML 1.0 2.2 has a way to write. */
bool xml_ok(const char *t);

/* For element content and quoted attributes. What xml_ok() refuses becomes a
 * space. */
void xml_text(struct buf *out, const char *t);
