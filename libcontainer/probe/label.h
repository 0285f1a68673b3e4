/* room: host — exit statuses of brig-label, the helper that asks libselinux */
#ifndef BRIG_PROBE_LABEL_H
#define BRIG_PROBE_LABEL_H

enum { LABEL_VALID = 0, LABEL_INVALID = 1, LABEL_DISABLED = 2 };

#endif
