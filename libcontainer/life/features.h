/* room: host — the features document */
#ifndef BRIG_LIFE_FEATURES_H
#define BRIG_LIFE_FEATURES_H

#include "base/str.h"

/* JSON with 4-space indent and a final newline (specification, features.md; compatibility 1.10). */
void features_print(const char *version, struct str *out);

#endif
