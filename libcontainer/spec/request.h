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

enum criu_network_lock { NETWORK_LOCK_DEFAULT, NETWORK_LOCK_IPTABLES, NETWORK_LOCK_NFTABLES, NETWORK_LOCK_SKIP };	/* CRIU's numbers */
enum criu_cgroups { CRIU_CGROUPS_DEFAULT = -1, CRIU_CGROUPS_IGNORE = 0, CRIU_CGROUPS_MEMBERS = 1, CRIU_CGROUPS_SOFT = 3, CRIU_CGROUPS_FULL = 4, CRIU_CGROUPS_STRICT = 5 };

struct request_criu {			/* checkpoint and restore */
	const char *images, *work;	/* absolute; work NULL: the images' directory */
	const char *parent;		/* of a pre-dump before, relative to images; NULL: none */
	const char *page_server;	/* ADDRESS:PORT, or NULL */
	const char *lsm_profile;	/* TYPE:NAME, or NULL: the configuration's */
	const char *lsm_mount_context;
	bool leave_running, pre_dump, tcp_established, tcp_skip_in_flight, tcp_close, link_remap, ext_unix_sk, shell_job, file_locks, lazy_pages, auto_dedup;
	enum criu_cgroups cgroups;
	enum criu_network_lock network_lock;
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
	const struct request_criu *criu;	/* checkpoint and restore, else NULL */
};

/* 0, or -1 with errno EINVAL: the rules for container ids (compatibility 1.1, W-3). */
int request_check_id(const char *id);

#endif
