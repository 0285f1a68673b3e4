/* room: host — a program of our own that is installed beside us: what links a library that must not be in every start */
#ifndef BRIG_FS_HELPER_H
#define BRIG_FS_HELPER_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <sys/types.h>

enum { HELPER_ABSENT = 127 };	/* exit status: it could not be executed */
enum { HELPER_FDS = 256 };	/* most descriptors that one may be given */

/* Runs PKGLIBEXECDIR/argv[0] to its end, with the environment env and no descriptor but 0, 1 and 2 (0 and 2 are the pipe too, and of no use). ret_out,
 * the caller's, gets what it wrote, up to 4 KiB. It dies with the caller. Ending by a signal, or its absence, is -1; else ret_status is its exit status. */
int helper_run(char *const argv[], char *const env[], struct str *ret_out, int *ret_status, struct err *e) MUST_CHECK;

/* Starts PKGLIBEXECDIR/argv[0] with the standard streams of the caller and fds as its descriptors 3 and following. It dies with the caller, whose
 * child it is; its exit status HELPER_ABSENT means what helper_absent says. */
int helper_start(char *const argv[], char *const env[], const int *fds, size_t n, pid_t *ret, struct err *e) MUST_CHECK;
int helper_absent(const char *name, struct err *e);
bool helper_exists(const char *name);

#endif
