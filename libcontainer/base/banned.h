/* room: any — names that do not compile here (included through -include config.h); after git's banned.h in spirit */
#ifndef BRIG_BASE_BANNED_H
#define BRIG_BASE_BANNED_H

#include <dirent.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Unbounded copies; shells; races on names; unchecked numbers; NSS, which would load libraries of the container's (CVE-2019-14271). */
#undef sprintf	/* macros of a fortified C library under clang */
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat gets
#pragma GCC poison system popen mktemp tempnam tmpnam
#pragma GCC poison atoi atol atoll
#pragma GCC poison readdir_r getpwnam getpwuid getgrnam getgrgid getgrouplist initgroups
#pragma GCC poison chown lchown readlink

#endif
