/* room: cli — the table of verbs and options */
#include "cli.h"

#include <string.h>

#define FLAG(member, name, letter, help) { name, letter, OPTION_FLAG, offsetof(struct values, member), NULL, help }
#define TEXT(member, name, letter, value, help) { name, letter, OPTION_TEXT, offsetof(struct values, member), value, help }
#define LIST(member, name, letter, value, help) { name, letter, OPTION_LIST, offsetof(struct values, member), value, help }
#define END { NULL, 0, OPTION_FLAG, 0, NULL, NULL }

const struct option global_options[] = {
	TEXT(root, "root", 0, "DIR", "where the state of containers is kept (default /run/brig, or $XDG_RUNTIME_DIR/brig)"),
	TEXT(log, "log", 0, "FILE", "append log records to FILE instead of printing them"),
	TEXT(log_format, "log-format", 0, "FORMAT", "text (default) or json"),
	FLAG(debug, "debug", 0, "also log what is done, and what is ignored"),
	FLAG(systemd_cgroup, "systemd-cgroup", 0, "let systemd make the cgroups"),
	TEXT(cgroup_manager, "cgroup-manager", 0, "NAME", "cgroupfs (default), or systemd, which is --systemd-cgroup"),
	TEXT(rootless, "rootless", 0, "MODE", "true, false or auto (default): tolerate cgroups that we may not write"),
	FLAG(version, "version", 'v', "print the version and exit"),
	FLAG(help, "help", 'h', "print help and exit"),
	END
};

#define BUNDLE TEXT(bundle, "bundle", 'b', "DIR", "directory with config.json (default: the working directory)")
#define CREATE_OPTIONS \
	BUNDLE, \
	TEXT(console_socket, "console-socket", 0, "PATH", "send the terminal's master end to this listening AF_UNIX socket"), \
	TEXT(pidfd_socket, "pidfd-socket", 0, "PATH", "send a pidfd of the container's first process to this listening AF_UNIX socket"), \
	TEXT(pid_file, "pid-file", 0, "FILE", "write the pid of the container's first process to FILE"), \
	FLAG(no_pivot, "no-pivot", 0, "move the root mount instead of pivot_root (for a root on an initramfs)"), \
	FLAG(no_new_keyring, "no-new-keyring", 0, "keep the caller's session keyring"), \
	TEXT(preserve_fds, "preserve-fds", 0, "N", "pass descriptors 3 to 2+N on (after those of LISTEN_FDS)")

static const struct option create_options[] = { CREATE_OPTIONS, FLAG(detach, "detach", 'd', NULL), END };
static const struct option run_options[] = {
	CREATE_OPTIONS,
	FLAG(detach, "detach", 'd', "return once the program runs"),
	FLAG(keep, "keep", 0, "do not delete the container when its program ends"),
	FLAG(no_subreaper, "no-subreaper", 0, "do not adopt orphaned processes of the container"),
	END
};
static const struct option exec_options[] = {
	TEXT(process, "process", 'p', "FILE", "take the whole process from a file with a process object of the specification"),
	TEXT(cwd, "cwd", 0, "DIR", "working directory in the container"),
	LIST(env, "env", 'e', "KEY=VALUE", "add to the environment; may be repeated"),
	FLAG(tty, "tty", 't', "give the process a terminal"),
	TEXT(user, "user", 'u', "UID[:GID]", "user and group, as numbers"),
	LIST(gids, "additional-gids", 'g', "GID", "add a supplementary group; may be repeated"),
	FLAG(detach, "detach", 'd', "return once the process runs"),
	TEXT(pid_file, "pid-file", 0, "FILE", "write the pid of the process to FILE"),
	TEXT(process_label, "process-label", 0, "LABEL", "SELinux label of the process"),
	TEXT(apparmor, "apparmor", 0, "PROFILE", "AppArmor profile of the process"),
	FLAG(no_new_privs, "no-new-privs", 0, "set no_new_privs"),
	LIST(caps, "cap", 'c', "CAP", "add a capability to the bounding, effective and permitted sets; may be repeated"),
	TEXT(preserve_fds, "preserve-fds", 0, "N", "pass descriptors 3 to 2+N on"),
	TEXT(console_socket, "console-socket", 0, "PATH", "send the terminal's master end to this listening AF_UNIX socket"),
	TEXT(pidfd_socket, "pidfd-socket", 0, "PATH", "send a pidfd of the process to this listening AF_UNIX socket"),
	TEXT(cgroup, "cgroup", 0, "PATH", "run in this cgroup below the container's"),
	FLAG(ignore_paused, "ignore-paused", 0, "also in a paused container (the process starts when it is resumed)"),
	FLAG(no_subreaper, "no-subreaper", 0, NULL),
	END
};
#define CRIU_OPTIONS \
	TEXT(image_path, "image-path", 0, "DIR", "directory of CRIU's images (default: ./checkpoint)"), \
	TEXT(work_path, "work-path", 0, "DIR", "directory for CRIU's log and statistics (default: that of the images)"), \
	FLAG(tcp_established, "tcp-established", 0, "keep open TCP connections"), \
	FLAG(ext_unix_sk, "ext-unix-sk", 0, "allow Unix sockets that are connected to the outside"), \
	FLAG(shell_job, "shell-job", 0, "allow a session and a terminal that are the caller's"), \
	FLAG(lazy_pages, "lazy-pages", 0, "move memory when it is used (userfaultfd)"), \
	FLAG(file_locks, "file-locks", 0, "keep file locks"), \
	TEXT(manage_cgroups_mode, "manage-cgroups-mode", 0, "MODE", "soft, full, strict or ignore: what of cgroups goes into the images, or is made from them"), \
	LIST(empty_ns, "empty-ns", 0, "TYPE", "network: a namespace whose contents are not kept (always the case)"), \
	FLAG(auto_dedup, "auto-dedup", 0, "drop memory from images of earlier dumps once it is stored again"), \
	TEXT(network_lock, "network-lock", 0, "METHOD", "iptables, nftables or skip: how connections are held meanwhile")

#define DUMP_OPTIONS \
	TEXT(parent_path, "parent-path", 0, "DIR", "images of an earlier --pre-dump, relative to those of this one"), \
	FLAG(leave_running, "leave-running", 0, "let the container go on"), \
	FLAG(tcp_skip_in_flight, "tcp-skip-in-flight", 0, "leave out TCP connections that are not yet accepted"), \
	FLAG(link_remap, "link-remap", 0, "keep open files that have been removed by giving them a name"), \
	TEXT(page_server, "page-server", 0, "ADDRESS:PORT", "send memory to a page server of CRIU's; with --lazy-pages, be one"), \
	FLAG(pre_dump, "pre-dump", 0, "write memory only, and let the container go on")
#define RESTORE_OPTIONS \
	FLAG(tcp_close, "tcp-close", 0, "close TCP connections that were open"), \
	TEXT(lsm_profile, "lsm-profile", 0, "TYPE:NAME", "AppArmor profile or SELinux label, instead of the configuration's"), \
	TEXT(lsm_mount_context, "lsm-mount-context", 0, "CONTEXT", "SELinux context of mounts, instead of the configuration's")

static const struct option checkpoint_options[] = {
	CRIU_OPTIONS,
	DUMP_OPTIONS,
	TEXT(status_fd, "status-fd", 0, "FD", "write a NUL byte to FD when --lazy-pages is ready"),
	END
};
static const struct option restore_options[] = {
	BUNDLE,
	CRIU_OPTIONS,
	RESTORE_OPTIONS,
	TEXT(console_socket, "console-socket", 0, "PATH", "send the terminal's master end to this listening AF_UNIX socket"),
	FLAG(detach, "detach", 'd', "return once the container runs"),
	TEXT(pid_file, "pid-file", 0, "FILE", "write the pid of the container's first process to FILE"),
	FLAG(no_subreaper, "no-subreaper", 0, "do not adopt orphaned processes of the container"),
	FLAG(no_pivot, "no-pivot", 0, NULL),
	FLAG(keep, "keep", 0, "do not delete the container when its program ends"),
	END
};
static const struct option list_options[] = {
	TEXT(format, "format", 'f', "FORMAT", "table (default) or json"),
	FLAG(quiet, "quiet", 'q', "print only the ids"),
	END
};
static const struct option kill_options[] = { FLAG(all, "all", 'a', "succeed also when the container is not running"), END };
static const struct option delete_options[] = { FLAG(force, "force", 'f', "kill it first if it is running; succeed if there is none"), END };
static const struct option spec_options[] = {
	TEXT(bundle, "bundle", 'b', "DIR", "directory to write config.json to (default: the working directory)"),
	FLAG(rootless_spec, "rootless", 0, "for a caller without root: own user namespace, no network namespace"),
	END
};
static const struct option explain_options[] = {
	BUNDLE,
	TEXT(format, "format", 'f', "FORMAT", "text (default) or json"),
	TEXT(facts, "facts", 0, "FILE", "plan for the machine described in FILE instead of this one"),
	FLAG(show_facts, "show-facts", 0, "print the description of this machine, for --facts, and exit"),
	FLAG(no_pivot, "no-pivot", 0, "as for create"),
	FLAG(no_new_keyring, "no-new-keyring", 0, "as for create"),
	TEXT(preserve_fds, "preserve-fds", 0, "N", "as for create"),
	TEXT(of, "of", 0, "VERB", "create (default), checkpoint or restore: whose acts; the options below are those of the last two"),
	CRIU_OPTIONS,
	DUMP_OPTIONS,
	RESTORE_OPTIONS,
	END
};
static const struct option ps_options[] = { TEXT(format, "format", 'f', "FORMAT", "table (default) or json"), END };
static const struct option events_options[] = {
	TEXT(interval, "interval", 0, "DURATION", "time between statistics (default 5s)"),
	FLAG(stats, "stats", 0, "print statistics once"),
	TEXT(format, "format", 'f', "FORMAT", "of --stats: json, or table (default on a terminal)"),
	END
};
static const struct option update_options[] = {
	TEXT(resources, "resources", 'r', "FILE", "take all from a file with a resources object of the specification, - for standard input"),
	TEXT(blkio_weight, "blkio-weight", 0, "N", "block I/O weight, 10 to 1000"),
	TEXT(cpu_period, "cpu-period", 0, "USEC", "length of a CPU period"),
	TEXT(cpu_quota, "cpu-quota", 0, "USEC", "CPU time in a period, -1 for no limit"),
	TEXT(cpu_burst, "cpu-burst", 0, "USEC", "CPU time that may be saved up"),
	TEXT(cpu_share, "cpu-share", 0, "N", "CPU shares, converted to a weight"),
	TEXT(cpu_rt_period, "cpu-rt-period", 0, "USEC", NULL),
	TEXT(cpu_rt_runtime, "cpu-rt-runtime", 0, "USEC", NULL),
	TEXT(cpu_idle, "cpu-idle", 0, "0|1", "run only when nobody else wants the CPU"),
	TEXT(cpuset_cpus, "cpuset-cpus", 0, "LIST", "CPUs"),
	TEXT(cpuset_mems, "cpuset-mems", 0, "LIST", "memory nodes"),
	TEXT(memory, "memory", 0, "SIZE", "memory limit in bytes, or with k, m, g; -1 for none"),
	TEXT(memory_reservation, "memory-reservation", 0, "SIZE", "memory that is protected"),
	TEXT(memory_swap, "memory-swap", 0, "SIZE", "limit of memory and swap together, -1 for none"),
	TEXT(kernel_memory, "kernel-memory", 0, "SIZE", NULL),
	TEXT(kernel_memory, "kernel-memory-tcp", 0, "SIZE", NULL),
	TEXT(pids_limit, "pids-limit", 0, "N", "number of processes, -1 for no limit"),
	TEXT(l3_schema, "l3-cache-schema", 0, "SCHEMA", "L3 cache of its resctrl group, such as L3:0=ff;1=f"),
	TEXT(mb_schema, "mem-bw-schema", 0, "SCHEMA", "memory bandwidth of its resctrl group, such as MB:0=20;1=70"),
	END
};
static const struct option help_options[] = { FLAG(man, "man", 0, "print it as a manual page in mdoc"), END };
static const struct option no_options[] = { END };

const struct verb verb_table[] = {
	{ "checkpoint", "ID", 1, 1, false, false, verb_checkpoint, "Write the state of a running container to files, and delete it",
	  "CRIU does the work. With --leave-running or --pre-dump the container goes on. What CRIU finds wrong is in dump.log in the work directory.", checkpoint_options },
	{ "completion", "SHELL", 1, 1, false, false, verb_completion, "Print a completion script for bash, zsh or fish", NULL, no_options },
	{ "create", "ID", 1, 1, false, true, verb_create, "Make a container and stop before its program starts",
	  "Everything is set up and read back from the kernel before this returns; `start` then lets the program run.", create_options },
	{ "delete", "ID", 1, 1, false, false, verb_delete, "Remove a container that has stopped or never started", NULL, delete_options },
	{ "events", "ID", 1, 1, false, false, verb_events, "Print what a container uses, and when its memory ran out, as lines of JSON",
	  "On a terminal, --stats prints a table.", events_options },
	{ "exec", "ID [COMMAND [ARG]...]", 1, 65536, true, true, verb_exec, "Run one more process in a container",
	  "It is confined like the container's first one, by the configuration that was saved at create, unless an option asks for other. The exit status\n"
	  "is the program's, or 255 when it could not be started.", exec_options },
	{ "explain", "[ID]", 0, 1, false, false, verb_explain, "Print every act that a create of the bundle would do, with room and cause, and do nothing",
	  "Needs no privilege. `host` acts in the caller's process, `init` in the container's first one, `join` in a short-lived one between them. With --of\n"
	  "it prints the acts of a restore of the bundle, or of a checkpoint of the container that a create would make.", explain_options },
	{ "features", "", 0, 0, false, false, verb_features, "Print what this build can do, as JSON", NULL, no_options },
	{ "help", "[VERB]", 0, 1, false, false, verb_help, "Print help", NULL, help_options },
	{ "kill", "ID [SIGNAL]", 1, 2, true, false, verb_kill, "Send a signal (default TERM) to the container's first process",
	  "SIGNAL is a number or a name, with or without SIG.", kill_options },
	{ "list", "", 0, 0, false, false, verb_list, "List the containers below the state root", NULL, list_options },
	{ "pause", "ID", 1, 1, false, false, verb_pause, "Freeze all processes of a container", NULL, no_options },
	{ "ps", "ID [PS-OPTION]...", 1, 1024, true, false, verb_ps, "List the processes of a container",
	  "The table is that of the host's ps (with -ef, or the given options), cut down to the container's processes.", ps_options },
	{ "restore", "ID", 1, 1, false, true, verb_restore, "Make a container again from what checkpoint wrote",
	  "Memory and processes come from the images; root file system, mounts, namespaces, cgroup, limits and devices from the bundle. The result is read back\n"
	  "from the kernel before it runs. What CRIU finds wrong is in restore.log in the work directory.", restore_options },
	{ "resume", "ID", 1, 1, false, false, verb_resume, "Let a paused container go on", NULL, no_options },
	{ "run", "ID", 1, 1, false, true, verb_run, "Create, start, wait for and delete a container",
	  "In the foreground signals and the terminal are relayed and the exit status is the program's (128 + N when killed by signal N).", run_options },
	{ "spec", "", 0, 0, false, false, verb_spec, "Write a config.json to start from", NULL, spec_options },
	{ "start", "ID", 1, 1, false, false, verb_start, "Let the program of a created container run", NULL, no_options },
	{ "state", "ID", 1, 1, false, false, verb_state, "Print the state of a container as JSON", NULL, no_options },
	{ "update", "ID", 1, 1, false, false, verb_update, "Change the limits of a running container",
	  "What is not named keeps its value. With --resources the other options are ignored; device rules can be changed with it, too.", update_options },
	{ NULL, NULL, 0, 0, false, false, NULL, NULL, NULL, NULL }
};

const struct verb *verb_find(const char *name)
{
	if (strcmp(name, "h") == 0)
		name = "help";
	for (const struct verb *v = verb_table; v->name; v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}
