/* room: init — the program: found at create, executed at start */
#include "init/acts.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const char *value_of(const struct strings *env, const char *key)
{
	size_t k = strlen(key);
	const char *found = NULL;

	for (size_t i = 0; i < env->n; i++)
		if (strncmp(env->item[i], key, k) == 0 && env->item[i][k] == '=')
			found = env->item[i] + k + 1;	/* the last one wins */
	return found;
}

/* Sixth field of the line whose third is the uid. Parsed here: the C library would load NSS modules of the container's (CVE-2019-14271). */
static char *home_in(char *passwd, uint32_t uid)
{
	for (char *line = strsep(&passwd, "\n"); line; line = strsep(&passwd, "\n")) {
		char *field[7] = { 0 };
		uint32_t id;
		size_t n = 0;

		for (char *f = strsep(&line, ":"); f && n < 7; f = strsep(&line, ":"))
			field[n++] = f;
		if (n >= 6 && num_id(field[2], &id) == 0 && id == uid && field[5][0])
			return field[5];
	}
	return NULL;
}

static int home(struct init *in, uint32_t uid, char **ret, struct err *e)
{
	OWN(str) passwd = { 0 };
	struct err ignored;
	char *dir = NULL;

	if (rootfs_read(&in->root, (struct root_path){ "/etc/passwd" }, LIMIT_SMALL_FILE, &passwd, &ignored) < 0)
		log_warn("HOME is \"/\": %s, ignoring", ignored.text);
	else if (passwd.s)
		dir = home_in(passwd.s, uid);
	*ret = arena_printf(&in->mem, "HOME=%s", dir ? dir : "/");
	return *ret ? 0 : err_oom(e);
}

static bool set_later(const struct strings *env, size_t i)
{
	size_t k = strcspn(env->item[i], "=") + 1;

	for (size_t j = i + 1; j < env->n; j++)
		if (strncmp(env->item[i], env->item[j], k) == 0)
			return true;
	return false;
}

static int make_env(struct init *in, const struct strings *env, uint32_t uid, struct err *e)
{
	const char *dir = value_of(env, "HOME");
	size_t n = 0;

	in->env = arena_array(&in->mem, env->n + 2, sizeof(*in->env));
	if (!in->env)
		return err_oom(e);
	for (size_t i = 0; i < env->n; i++)
		if (!set_later(env, i) && (strncmp(env->item[i], "HOME=", 5) || (dir && dir[0])))
			in->env[n++] = (char *)(uintptr_t)env->item[i];
	return dir && dir[0] ? 0 : home(in, uid, &in->env[n], e);
}

/* 0: a file that may be executed; else the errno. */
static int try(const char *path)
{
	struct stat st;

	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return (st.st_mode & 0111) ? 0 : EACCES;
}

static int find_named(struct init *in, const char *name, const char *cwd, struct err *e)
{
	int num;

	in->program = arena_printf(&in->mem, "%s%s%s", name[0] == '/' ? "" : cwd, name[0] == '/' ? "" : "/", name);
	if (!in->program)
		return err_oom(e);
	num = try(in->program);
	if (num == 0)
		return 0;
	if (num == ENOENT || num == ENOTDIR)
		return err_set(e, ERR_SYS, num, "exec: \"%s\": stat %s", name, name);
	return err_set(e, ERR_SYS, num, "exec: \"%s\"", name);
}

/* Failures that say only that the program is not at this place of the search. */
static bool elsewhere(int num)
{
	return num == ENOENT || num == ENOTDIR || num == EACCES || num == EISDIR || num == ELOOP || num == ENAMETOOLONG;
}

static int find_in_path(struct init *in, const char *name, const char *path, const char *cwd, struct err *e)
{
	char *next = arena_strdup(&in->mem, path ? path : DEFAULT_PATH);
	int denied = 0;

	if (!next)
		return err_oom(e);
	for (char *dir = strsep(&next, ":"); dir; dir = strsep(&next, ":")) {
		int num;

		in->program = arena_printf(&in->mem, "%s%s%s/%s", dir[0] == '/' ? "" : cwd, dir[0] && dir[0] != '/' ? "/" : "", dir, name);
		if (!in->program)
			return err_oom(e);
		num = try(in->program);
		if (num == 0)
			return 0;
		if (!elsewhere(num))
			return err_set(e, ERR_SYS, num, "exec: \"%s\": stat %s", name, in->program);
		denied = num == EACCES ? num : denied;
	}
	if (denied)
		return err_set(e, ERR_SYS, denied, "exec: \"%s\"", name);
	return err_set(e, ERR_SYS, 0, "exec: \"%s\": executable file not found in $PATH", name);
}

int exec_find(struct init *in, const struct step *s, struct err *e)
{
	const char *name = s->exec.args.item[0];

	TRY(make_env(in, &s->exec.env, s->exec.uid, e));
	if (name[0] == '\0')
		return err_set(e, ERR_SYS, 0, "exec: \"\": executable file not found in $PATH");
	if (strchr(name, '/'))
		return find_named(in, name, s->exec.cwd, e);
	return find_in_path(in, name, value_of(&s->exec.env, "PATH"), s->exec.cwd, e);
}

int exec_program(struct init *in, const struct step *s, struct err *e)
{
	size_t n = s->exec.args.n;
	char **argv = arena_array(&in->mem, n + 1, sizeof(*argv));

	if (!argv)
		return err_oom(e);
	for (size_t i = 0; i < n; i++)
		argv[i] = (char *)(uintptr_t)s->exec.args.item[i];
	sys_execve(in->program, argv, in->env);	/* not execveat: profiles are written for runtimes that call execve */
	return err_sys(e, "exec %s", in->program);
}
