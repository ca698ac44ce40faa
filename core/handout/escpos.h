/*
 * escpos.h - the receipt for printers that speak ESC/POS instead of PDF
 *
 * 80 mm paper, 576 dots across. The code is sent as a picture, since not every
 * printer can make one; text goes in the code pages that all of them know, and
 * as pictures of lines where a line has other characters.
 */
#pragma once

#include "core/handout/wifi.h"

/* Writes the octets a printer is sent, from its reset to the cut. *MISSING
 * counts characters that neither a code page nor a font has; a square stands
 * for them, or a question mark where there are no fonts. */
MUST_USE enum err
escpos_receipt(const struct handout *h, struct buf *out, size_t *missing);
