/* room: cli — errors as sentences */
#include "phrase.h"

#include <stdio.h>
#include <string.h>

/* "runc" in a text of the library stands for this program, whatever it is called (compatibility 1.3, --console-socket). */
static void own_name(char *text, size_t size)
{
	char copy[PHRASE_SIZE], *at = strstr(text, " if runc will ");

	if (!at || strcmp(program_name, "runc") == 0)
		return;
	snprintf(copy, sizeof(copy), "%.*s if %s will %s", (int)(at - text), text, program_name, at + strlen(" if runc will "));
	snprintf(text, size, "%s", copy);
}

static const char *set_up(const char *verb, const struct brig_err *e)
{
	if (verb && (strcmp(verb, "checkpoint") == 0 || strcmp(verb, "restore") == 0))
		return "";
	if (!e->step || e->kind == BRIG_ERR_SPEC || e->kind == BRIG_ERR_STATE || e->kind == BRIG_ERR_USAGE)
		return "";
	if (strcmp(e->room, "host") == 0 || strncmp(e->text, "exec: ", 6) == 0)
		return "unable to start container process: ";
	return "unable to start container process: error during container init: ";
}

/* A mistake in the configuration is named by file and JSON pointer; a syntax error has named its line already and has no pointer. */
static void place(const struct brig_err *e, char *buf, size_t size)
{
	if ((e->kind == BRIG_ERR_SPEC || e->kind == BRIG_ERR_UNSUPPORTED) && e->why[0] == '/')
		snprintf(buf, size, "config.json: %s: ", e->why);
	else
		buf[0] = '\0';
}

void phrase_message(const char *verb, const struct brig_err *e, char *buf, size_t size)
{
	char prefix[64] = "", where[192];
	size_t n;

	if (verb && (strcmp(verb, "create") == 0 || strcmp(verb, "run") == 0))
		snprintf(prefix, sizeof(prefix), "%s %s failed: ", program_name, verb);
	else if (verb && strcmp(verb, "exec") == 0)
		snprintf(prefix, sizeof(prefix), "exec failed: ");
	place(e, where, sizeof(where));
	n = (size_t)snprintf(buf, size, "%s%s%s%s", prefix, set_up(verb, e), where, e->text);
	if (n < size && e->num && e->phrase && e->phrase[0])
		snprintf(buf + n, size - n, ": %s", e->phrase);
	own_name(buf, size);
}

const char *phrase_code(const struct brig_err *e)
{
	switch (e->kind) {
	case BRIG_ERR_SYS: return "system";
	case BRIG_ERR_SPEC: return "spec";
	case BRIG_ERR_STATE: return "state";
	case BRIG_ERR_POLICY: return "policy";
	case BRIG_ERR_PEER: return "peer";
	case BRIG_ERR_UNSUPPORTED: return "unsupported";
	case BRIG_ERR_USAGE: return "usage";
	case BRIG_ERR_BUG: return "bug";
	case BRIG_ERR_NONE: break;
	}
	return NULL;
}

const char *phrase_hint(const struct brig_err *e)
{
	static const struct { const char *text, *hint; } table[] = {
		{ "/config.json", "make one with `brig spec`, or name the bundle with --bundle" },
		{ "/usr/bin/newuidmap needs", "install the package uidmap" },
		{ "needs /usr/bin/newuidmap", "install the package uidmap" },
		{ "needs /usr/bin/newgidmap", "install the package uidmap" },
		{ "refused the mapping", "the ids must be granted in /etc/subuid and /etc/subgid; `usermod --add-subuids` grants them" },
		{ "rootless container requires user namespaces", "make a configuration with `brig spec --rootless`" },
		{ "with given ID already exists", "choose another id, or remove the old one with `brig delete`" },
		{ "that is not stopped", "stop it with `brig kill ID KILL` first, or use --force" },
		{ "without setting console socket", "set process.terminal to false, or give --console-socket" },
		{ "cannot use console socket", "leave out --console-socket, or set process.terminal to true" },
		{ "executable file not found", "check process.args and the PATH in process.env against the root file system" },
		{ "there is no cgroup v2 hierarchy", "mount one: mount -t cgroup2 none /sys/fs/cgroup/unified" },
		{ "not available: it is needed for", "the controller is not enabled in this hierarchy (see cgroup.controllers); leave the limit out, or boot with cgroup v2 only" },
		{ "no permission is granted for cgroups", "leave out linux.resources and linux.cgroupsPath, or have the cgroup delegated" },
		{ "takes no process", "name another cgroup with --cgroup, one that has none below it" },
		{ "criu cannot be executed", "install the package criu" },
		{ "checkpoint and restore are not built", "build brig with libprotobuf-c and protoc-c" },
		{ "OOM-killed", "raise linux.resources.memory.limit" },
	};

	static char text[160];

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strstr(e->text, table[i].text)) {
			const char *at = strstr(table[i].hint, "`brig ");

			if (!at)
				return table[i].hint;
			snprintf(text, sizeof(text), "%.*s`%s %s", (int)(at - table[i].hint), table[i].hint, program_name, at + strlen("`brig "));
			return text;
		}
	return NULL;
}
