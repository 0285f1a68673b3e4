/* room: any — what the fuzzers share (libFuzzer): each has one entry, and ends the process where an invariant does not hold */
#ifndef BRIG_TESTS_FUZZ_H
#define BRIG_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define HOLDS(condition) do { if (!(condition)) { fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); abort(); } } while (0)

#endif
