/* room: pure — what the caller adds to the configuration: command-line options, already parsed and checked */
#ifndef BRIG_SPEC_REQUEST_H
#define BRIG_SPEC_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

struct request_target {		/* exec: what the journal says of the container */
	int pid;			/* of its first process, as the caller numbers it; 0: this is no exec */
	const char *cgroup_mount, *cgroup_path;	/* "" none */
	const char *systemd_unit;	/* "" or NULL: none */
	const char *sub_cgroup;		/* option --cgroup, below cgroup_path; NULL: none */
};

struct request {
	const char *id;			/* checked: A-Za-z0-9_+.- */
	const char *cache;		/* directory for what is worth keeping, absolute, or NULL */
	const char *state_root;		/* absolute: /run/brig */
	const char *bundle;		/* absolute, resolved */
	const char *console_socket;	/* absolute, or NULL */
	const char *pidfd_socket;	/* absolute, or NULL */
	const char *pid_file;		/* absolute, or NULL */
	const char *notify_socket;	/* $NOTIFY_SOCKET, or NULL */
	bool no_pivot, no_new_keyring, systemd_cgroup, rootless_cgroup;
	bool detach;			/* create, run -d: the terminal goes to the console socket */
	const char *keyring;		/* random session keyring name, or NULL: explain does not invent one */
	uint32_t preserve_fds;		/* how many, after listen_fds, from fd 3 */
	uint32_t listen_fds;
	struct request_target target;
};

/* 0, or -1 with errno EINVAL: the rules for container ids (compatibility 1.1, W-3). */
int request_check_id(const char *id);

#endif
