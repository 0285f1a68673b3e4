/* room: cli — option parsing by table, in the grammar that callers of runc use (compatibility 1.1) */
#ifndef BRIG_SRC_ARGS_H
#define BRIG_SRC_ARGS_H

#include "cli.h"

enum { ARGS_TEXT_SIZE = 160 };

/* Reads options up to the verb (verb NULL) or all options and positionals of a verb. Long options take one dash or two, "--opt VALUE" or
 * "--opt=VALUE"; a flag takes "=true" or "=false"; short flags may be clustered; whatever follows an option that needs a value is its value, also
 * "-1". "--" ends options. Returns how many elements of argv were used, -1 with a message in text. argv is reordered: v->arg points into it. */
int args_parse(int argc, char **argv, const struct verb *verb, struct values *v, char text[ARGS_TEXT_SIZE]);

#endif
