/* room: host — systemd over D-Bus, by way of brig-systemd (host/systemd_main.h) */
#ifndef BRIG_HOST_SYSTEMD_H
#define BRIG_HOST_SYSTEMD_H

#include "plan/plan.h"

/* Each waits for the end of systemd's job, up to 30 s. The text of an error holds systemd's own words. */
/* A transient unit with process pid in it (0: a slice, which has none); its cgroup as systemd tells it. A failed unit of that name is cleared away. */
int systemd_start_unit(const struct step *s, pid_t pid, struct str *ret_cgroup, struct err *e) MUST_CHECK;
/* For this run of the system only. */
int systemd_set_unit(const struct step *s, struct err *e) MUST_CHECK;
/* A unit that is not there is stopped. */
int systemd_stop_unit(const char *name, bool user, struct err *e) MUST_CHECK;

#endif
