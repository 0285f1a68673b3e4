/* room: host — the mounts of a container, as a list */
#include "host/mountlist.h"

#include <stdio.h>
#include <string.h>

int mountlist_read(const struct procfs *proc, pid_t pid, struct arena *mem, struct mountlist *ret, struct err *e)
{
	OWN(str) text = { 0 };
	struct mountlist l = { 0 };
	struct mountinfo m;
	char path[48], *copy;
	size_t lines = 0;

	snprintf(path, sizeof(path), "%d/mountinfo", pid);
	TRY(procfs_read(proc, path, &text, e));
	copy = arena_strdup(mem, text.s ? text.s : "");
	for (const char *at = copy; at && *at; at++)
		lines += *at == '\n';
	l.item = copy ? arena_array(mem, lines + 1, sizeof(*l.item)) : NULL;
	if (!l.item)
		return err_oom(e);
	while (l.n < lines && mountinfo_next(&copy, &m))
		l.item[l.n++].is = m;
	*ret = l;
	return 0;
}

struct listed_mount *mountlist_find(const struct mountlist *l, unsigned long long id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->item[i].is.id == id)
			return &l->item[i];
	return NULL;
}

int mount_id(const struct procfs *proc, const char *pid, int fd, unsigned long long *ret, struct err *e)
{
	OWN(str) text = { 0 };
	char path[64];
	const char *at;

	snprintf(path, sizeof(path), "%s/fdinfo/%d", pid, fd);
	TRY(procfs_read(proc, path, &text, e));
	at = text.s ? strstr(text.s, "mnt_id:") : NULL;
	return at && sscanf(at, "mnt_id: %llu", ret) == 1 ? 0 : err_set(e, ERR_BUG, 0, "%s has no mnt_id", path);
}

bool mount_has(const struct listed_mount *m, const char *option)
{
	size_t n = strlen(option);

	for (const char *at = m->is.options; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (strncmp(at, option, n) == 0 && (at[n] == ',' || !at[n]))
			return true;
	return false;
}
