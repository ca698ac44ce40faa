/*
 * rnd.h - randomness from the kernel, without bias
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Fills OUT from getrandom(2). A system without randomness ends the program:
 * there is nothing safe left to do. */
void rnd_bytes(void *out, size_t len);

/* A number in 0..N-1, each equally likely (rejection, no modulo bias). */
uint32_t rnd_below(uint32_t n);
