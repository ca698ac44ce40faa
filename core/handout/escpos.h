/*
 * escpos.h - the receipt for printers that speak ESC/POS instead of PDF
 *
 * 80 mm paper, 576 dots across. The code is sent as a picture, since not every
 * printer can make one; text goes in the code pages that all of them know.
 */
#pragma once

#include "core/handout/wifi.h"

/* Writes the octets a printer is sent, from its reset to the cut. *MISSING
 * counts characters no code page has; a question mark stands for them. */
MUST_USE enum err
escpos_receipt(const struct handout *h, struct buf *out, size_t *missing);
