/*
 * escpos_page.h - characters in the code pages of receipt printers
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The octet of CP and the page (the argument of ESC t) it is in; PAGE stays
 * if that one has it. False when no page does. */
bool escpos_page_find(uint32_t cp, uint8_t *page, uint8_t *octet);
